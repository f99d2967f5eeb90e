// Carries Arrow's include and link flags (from its pkg-config file) to the targets that depend on this one. It
// declares nothing: only CParquet includes Arrow's headers, and they are C++.
