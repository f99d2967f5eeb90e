// Shares and their intervals are used without this module too; who imports this one has them as before.
@_exported import Statistics
