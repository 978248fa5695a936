"""When a schedule fires: words or cron fields become a timetable, and it says the next times."""
