/** The names of this machine in an address, as `URL.hostname` gives them: what is sent there stays on it. */
export const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
