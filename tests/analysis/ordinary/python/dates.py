from datetime import date, timedelta
import calendar

start = date(2024, 2, 28)
for n in range(3):
    day = start + timedelta(days=n)
    print(day.isoformat(), calendar.day_name[day.weekday()])
print(calendar.isleap(2024))
