// Cargo wants a library to hang the sources on.
