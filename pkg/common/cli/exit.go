// Package cli is what every plugin's front door shares: the main loop, the one
// place that prints an error and exits, help, completion and the version.
package cli

// ExitCodesHelp is the paragraph that every command's help ends with; the codes
// are those of package failure.
const ExitCodesHelp = `Exit codes: 0 done, nothing found; 1 found something; 2 wrong use or bad input;
3 some targets failed; 4 could not do it (server, network, permission);
5 refused by a safety rule; 6 login needed; 130 interrupted.`
