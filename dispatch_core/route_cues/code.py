"""Cues for cloud-code: code to be written or run, values computed, data analysed."""

from functools import partial

from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.cue import Cue, make

cue = partial(make, Route.CLOUD_CODE)

AGAINST = ""
CODE = "it asks for code"
TO_DO = "it asks for something to be done"
DATA = "it works on data"

CUES: tuple[Cue, ...] = (
    cue(
        CODE,
        3.0,
        lead=True,
        words=(
            r"(?:write|create|make|build|develop|generate|implement|give|code|design|provide|"
            r"produce|complete) (?:me |us )?(?:[\w.+#'-]+ ){0,7}?(?:functions?|program|script|"
            r"code|class|method|query|regex|regexp|regular expression|snippet|unit tests?|"
            r"test suite|algorithm|component|app|application|api|endpoint|game|calculator|"
            r"simulator|simulation|parser|bot|website|webpage|web page|html|css|sql|one-?liner|"
            r"macro|formula|dockerfile|module|library|decorator|generator|iterator|data ?type|"
            r"data structure|crawler|scraper|plugin|implementation|converter|tool|type|plot|chart|"
            r"graph|histogram|dataframe)"
        ),
    ),
    cue(
        CODE,
        2.4,
        lead=True,
        words=(
            r"implement(?:s|ing)?|refactor|debug|rewrite (?:this|the) (?:code|function)|"
            r"optimi[sz]e (?:this|the|my) (?:code|function|query|program)|fix (?:this|the|"
            r"my) (?:\w+ )?(?:code|bug|function|error|program|script)|convert (?:this|"
            r"the) (?:code|function)|add (?:comments|tests|type hints|docstrings?) to|"
            r"translate (?:this|the) (?:code|function)|run (?:this|the following)|execute (?:this|"
            r"the following)|(?:modify|change|extend|improve|port|simplify|review) (?:this|the|"
            r"my) (?:\w+ )?(?:code|function|program|script|class|query|loop)"
        ),
    ),
    cue(
        CODE,
        2.2,
        words=(
            r"given (?:a|an|two|the|three|some|only|non-empty|array|list|positive|integers?|your|"
            r"n|\w+ (?:of|list|string|array))|you(?:'re| are) given|you have to|input (?:is|are|"
            r"to)|your task|the (?:function|program) (?:should|will|must|takes|returns?)|"
            r"returns? (?:true|false|the|a|an|none|whether|list|only|maximum|number|\w+ (?:of|"
            r"if))|have the user|user (?:enters?|inputs?|can)|enter a|(?:user|person) to enter|"
            r"nth (?:digit|number|\w+)"
        ),
    ),
    cue(
        CODE,
        1.6,
        words=(
            r"functions?|strings?|substrings?|arrays?|lists?|tuples?|integers?|dictionar(?:y|ies)|"
            r"dicts?|matri(?:x|ces)|prime(?:s| numbers?| factors)?|fibonacci|palindromes?|"
            r"binary tree|linked list|numpy|pandas|matplotlib|data ?frames?|series|regex|sql|json|"
            r"csv|lowercase|uppercase|vowels?|characters?|digits?|divisible|factorial|vectors?|"
            r"elements?|sublists?|anagrams?|roman numerals?|cipher|nested|sorted|`\w+`|leap year|"
            r"encode|decode|encoding|decoding|python|javascript|typescript|java|c\+\+|rust|golang|"
            r"positive integer|natural number|numbers?|letters?|words?|given number|hexadecimal|"
            r"decimal|octal|bits?"
        ),
    ),
    cue(
        DATA,
        2.2,
        words=(
            r"columns?|datasets?|data ?frames?|csv|correlation|(?:linear |logistic )?regression|"
            r"outliers?|z-scores?|p-value|t-test|chi-?square|anova|shapiro(?:-wilk)?|"
            r"standard deviation|normal(?:ly)? distribut\w+|missing values?|null values?|"
            r"feature engineering|scatter ?plot|histogram|bar chart|pie chart|line (?:chart|plot|"
            r"graph)|box ?plot|heat ?map|preprocess\w*|mean squared error|train(?:ing)? (?:a|"
            r"the) (?:\w+ )?model|machine learning model|quartiles?|skewness|kurtosis|"
            r"interquartile|group ?by|pivot|rows?|random forest model|clustering|k-means|average|"
            r"median|the data|attached|distribution of"
        ),
    ),
    cue(
        DATA,
        2.0,
        lead=True,
        words=(
            r"calculate|compute|determine|plot|simulate|evaluate|solve|convert|count|filter|"
            r"multiply|divide|sum|add up|reverse|parse|encrypt|decrypt|encode|decode|normalize|"
            r"cluster|visuali[sz]e|analy[sz]e|perform|draw|generate|transform|translate a|"
            r"check (?:if|whether|that)|detect|identify|flatten|merge|join|concatenate|split|"
            r"replace|round|swap|rotate|append|select|group|fill|design|return|apply|conduct|"
            r"explore|predict|classify|validate|score|write|recite|refactor|reparent|iterate|"
            r"initiali[sz]e|format|strip|map|train|fit|scrape|compare two|develop|program|code"
        ),
    ),
    cue(
        TO_DO,
        1.2,
        lead=True,
        words=(
            r"sort|print|extract|remove|insert|finds?|get|drop|rename|match|make|create|build|"
            r"use|test|take|search|manage|keep|correctly|do|zip|load|show|change|output|delete|"
            r"display|list|select"
        ),
    ),
    cue(
        CODE,
        2.6,
        lead=True,
        words=(
            r"(?:an?|the) (?:\w+ ){0,3}(?:app|application|program|script|function|game|page|"
            r"calculator|simulator|parser|class|bot|server|client|website)|(?:html|css|sql|bash|"
            r"python|javascript|java|rust|go) \w+|\w+ (?:calculator|simulator|generator|converter|"
            r"parser|game|solver|counter|checker)"
        ),
    ),
    cue(
        DATA,
        5.6,
        lead=True,
        words=(
            r"(?:what(?:'s| is| are| was)?|is|are|does|do|how many|which|can you (?:detect|find)|"
            r"was|were)\b(?! (?:a|an)\b)[^?]*?\b(?:columns?|the datasets?|data ?frame|csv|"
            r"rows|(?:the|this) (?:table|data|sample|row|file)|plot|recorded|coefficient"
            r"|missing values|outliers|"
            r"p-value|mean|average|median|correlat\w+)"
        ),
    ),
    cue(
        AGAINST,
        -2.4,
        lead=True,
        words=(
            r"how (?:do|can|does|should|would|to|did|is|are)|what(?:'s| is| are) (?:the )?(?:a |"
            r"an )?(?:difference|purpose|best|role|meaning|advantages?|benefits?|pros|use)|"
            r"what (?:does|do|happens)|explain|describe|why|when (?:do|should|would|to|is)|"
            r"discuss|compare|who|where|is it|does|can you (?:explain|describe)|(?:define|name|"
            r"list) "
        ),
    ),
    cue(
        AGAINST,
        -1.5,
        lead=True,
        words=(r"(?:what|who|when|where|why|which|is|are|does|do|did|was|were|how many|has|have)"),
    ),
)
