// Carries libtorch's include and link flags (from its pkg-config file) to the targets that depend on
// this one. It declares nothing: only CTorch includes libtorch's headers, and they are C++.
