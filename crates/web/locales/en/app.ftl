offline-title = No network
offline-lead = Pages come back with the connection. What you have kept can be heard now.
offline-programs = Kept on this device
offline-none = Nothing is kept here yet. On a program's page you can keep it for the way.
