// Loaded before an emulator: when the process that started it is gone, however it went, its standard input ends;
// then the emulator stops as on Ctrl-C, saving what it holds.
process.stdin.on("end", () => process.kill(process.pid, "SIGINT")).resume();
