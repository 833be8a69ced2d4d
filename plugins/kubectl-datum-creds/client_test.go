package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// clientRole makes this test binary a Kubernetes client: a program with an
// environment of its own, which starts its credential plugin with that and with
// what the kubeconfig adds.
const clientRole = "as-client"

// byClient returns the command of a client that starts the plugin. added are
// variables of the kubeconfig, which the client itself does not have.
func byClient(env, added []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], slices.Concat([]string{clientRole}, added, []string{"--"}, args)...)
	cmd.Env = append([]string{pluginVariable + "=" + plugin}, env...)
	return cmd
}

// These tell a client which plugin it has, how often to start it (once by
// default), and to leave it alone when the client is killed.
const (
	pluginVariable = "CREDS_TEST_PLUGIN"
	timesVariable  = "CREDS_TEST_TIMES"
	aloneVariable  = "CREDS_TEST_ALONE"
)

// client starts the plugin and ends as it does. It passes signals on.
func client(args []string) {
	runtime.LockOSThread() // the plugin ends with the thread that started it
	times, _ := strconv.Atoi(os.Getenv(timesVariable))
	for range times - 1 {
		if code := start(args); code != 0 {
			os.Exit(code)
		}
	}
	os.Exit(start(args))
}

func start(args []string) (code int) {
	end := slices.Index(args, "--")
	cmd := exec.Command(os.Getenv(pluginVariable), args[end+1:]...)
	cmd.Env = append(os.Environ(), args[:end]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if os.Getenv(aloneVariable) == "" {
		cmd.SysProcAttr = following()
	}
	signals := make(chan os.Signal, 10)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s)
		}
	}()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// forClient reports whether a command line is one that clients run.
func forClient(args []string) bool {
	return len(args) > 0 && (args[0] == "get-token" || strings.Join(args[:min(2, len(args))], " ") == "auth get-token")
}
