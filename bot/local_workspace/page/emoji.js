/** Emoji by their Slack names: a reasonable set, those that people and bots use at work. */

const NAMES = `
eyes 👀|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|hourglass ⌛|hourglass_flowing_sand ⏳|robot_face 🤖|gear ⚙️|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|stop_sign 🛑
rotating_light 🚨|bell 🔔|no_bell 🔕|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️|nut_and_bolt 🔩|mag 🔍|mag_right 🔎|bulb 💡|zap ⚡|fire 🔥|rocket 🚀|sparkles ✨|star ⭐|tada 🎉|confetti_ball 🎊|trophy 🏆|dart 🎯
computer 💻|desktop_computer 🖥️|keyboard ⌨️|iphone 📱|cloud ☁️|electric_plug 🔌|battery 🔋|satellite_antenna 📡|globe_with_meridians 🌐|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|scissors ✂️|memo 📝|pencil ✏️|pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|clipboard 📋|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|package 📦|inbox_tray 📥|outbox_tray 📤|books 📚|book 📖|bookmark 🔖|label 🏷️|calendar 📆|date 📅|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|floppy_disk 💾|cd 💿|framed_picture 🖼️|frame_with_picture 🖼️|camera 📷|movie_camera 🎥|speech_balloon 💬|thought_balloon 💭|email 📧|envelope ✉️
clock1 🕐|clock3 🕒|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|watch ⌚|arrow_forward ▶️|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️|stop_button ⏹️|fast_forward ⏩|repeat 🔁|arrows_counterclockwise 🔄|arrows_clockwise 🔃|leftwards_arrow_with_hook ↩️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_right_hook ↪️|heavy_plus_sign ➕|heavy_minus_sign ➖|question ❓|grey_question ❔|exclamation ❗|information_source ℹ️|100 💯|1234 🔢|one 1️⃣|two 2️⃣|three 3️⃣
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|radio_button 🔘|small_blue_diamond 🔹|small_orange_diamond 🔸
smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|sweat_smile 😅|slightly_smiling_face 🙂|wink 😉|blush 😊|heart_eyes 😍|thinking_face 🤔|neutral_face 😐|cry 😢|sob 😭|scream 😱|sleeping 😴|zzz 💤|sunglasses 😎|nerd_face 🤓|partying_face 🥳|face_with_raised_eyebrow 🤨|exploding_head 🤯|rolling_eyes 🙄|wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|clap 👏|raised_hands 🙌|pray 🙏|muscle 💪|point_up ☝️|point_right 👉|point_left 👈|point_down 👇|raised_hand ✋|hand ✋|writing_hand ✍️|handshake 🤝|bust_in_silhouette 👤|busts_in_silhouette 👥|heart ❤️|blue_heart 💙|green_heart 💚|broken_heart 💔
bug 🐛|snake 🐍|cat 🐱|dog 🐶|whale 🐳|turtle 🐢|penguin 🐧|octopus 🐙|bee 🐝|seedling 🌱|evergreen_tree 🌲|sunny ☀️|rainbow 🌈|coffee ☕|tea 🍵|pizza 🍕|cake 🍰|beer 🍺|apple 🍎|house 🏠|office 🏢|factory 🏭|construction 🚧|traffic_light 🚦|vertical_traffic_light 🚦|checkered_flag 🏁|triangular_flag_on_post 🚩|airplane ✈️|car 🚗|ship 🚢|door 🚪|wastebasket 🗑️|recycle ♻️|test_tube 🧪|microscope 🔬|abacus 🧮|jigsaw 🧩|toolbox 🧰|magnet 🧲|money_with_wings 💸|moneybag 💰|crystal_ball 🔮|game_die 🎲|art 🎨|musical_note 🎵`;

export const EMOJI = new Map(
  NAMES.trim().split(/[\n|]/).map((entry) => {
    const space = entry.indexOf(' ');
    return [entry.slice(0, space), entry.slice(space + 1)];
  }),
);

/** The character of a name, or `:name:` where it is not in the set. */
export function emojiText(name) {
  return EMOJI.get(String(name).split('::')[0]) ?? `:${name}:`;
}

/** Replace `:name:` in plain text. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/gi, (whole, name) => EMOJI.get(name.toLowerCase()) ?? whole);
}
