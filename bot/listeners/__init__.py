"""What Slack brings: each module registers its listeners around a dispatcher."""
