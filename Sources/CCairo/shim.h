// Cairo with FreeType fonts found by fontconfig; the package libcairo2-dev of Debian brings the three.
#include <cairo.h>
#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
