// `wring install-into` on a system where a program can't make symbolic links: it can do nothing.
#include "message.h"
#include "options.h"

int wr_cmd_install_into(const wr_args *args) {
    (void)args;
    wr_message_error(
        "install-into makes links, which this system has none of; copy the program under the tool's "
        "name instead");
    return WR_EXIT_IO;
}
