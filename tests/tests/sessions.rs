//! Sessions: logging in and out by the public door, on both databases.

mod sessions {
    mod clients;
    mod ending;
    mod fixtures;
    mod log_in;
    mod most;
    mod passwords;
}
