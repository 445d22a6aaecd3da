package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

const (
	idleLimit     = 10 * time.Minute
	creationLimit = 30 * time.Second
)

var protocols = []string{
	"v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io",
}

// serve is the part of a kubelet's server that the API server asks for exec and logs.
func (n *Node) serve() error {
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", n.serveExec)
	mux.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", n.serveLog)
	address := net.JoinHostPort(n.Address.String(), strconv.Itoa(kubeletPort))
	server := &http.Server{
		Addr: address, Handler: mux, ReadHeaderTimeout: creationLimit,
		// Streams are upgraded connections, which HTTP/2 does not have.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return server.ListenAndServeTLS(
		filepath.Join(n.Folder, "server.crt"), filepath.Join(n.Folder, "server.key"),
	)
}

func (n *Node) container(w http.ResponseWriter, r *http.Request) (*PodRuntime, *Process) {
	pod := n.pods.find(r.PathValue("namespace"), r.PathValue("pod"))
	if pod == nil || pod.containers[r.PathValue("container")] == nil {
		http.Error(w, "container not found", http.StatusNotFound)
		return nil, nil
	}
	return pod, pod.containers[r.PathValue("container")]
}

func (n *Node) serveExec(w http.ResponseWriter, r *http.Request) {
	pod, process := n.container(w, r)
	if pod == nil {
		return
	}
	streams, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(
		w, r, executor{pod, process}, pod.name, "", r.PathValue("container"), r.Form["command"],
		streams, idleLimit, creationLimit, protocols,
	)
}

// executor runs one command beside a container's process.
type executor struct {
	pod     *PodRuntime
	process *Process
}

func (e executor) ExecInContainer(
	ctx context.Context, _, _, _ string, words []string, in io.Reader, out, err io.WriteCloser,
	_ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration,
) error {
	if _, missing := exec.LookPath(words[0]); missing != nil {
		return fmt.Errorf("exec: %q: executable file not found in $PATH", words[0])
	}
	wrapped := e.pod.wrapped(e.process.admin, words)
	command := exec.CommandContext(ctx, wrapped[0], wrapped[1:]...)
	command.Env, command.Dir = e.process.env, e.process.directory
	command.Stdout, command.Stderr = out, err
	if in != nil {
		// Not command.Stdin: Wait would wait for a client that never closes its end.
		pipe, failed := command.StdinPipe()
		if failed != nil {
			return failed
		}
		go func() { _, _ = io.Copy(pipe, in); pipe.Close() }()
	}
	failed := command.Run()
	if ended, ok := failed.(*exec.ExitError); ok {
		return utilexec.CodeExitError{Err: ended, Code: ended.ExitCode()}
	}
	return failed
}

func (n *Node) serveLog(w http.ResponseWriter, r *http.Request) {
	_, process := n.container(w, r)
	if process == nil {
		return
	}
	path := process.log
	if r.FormValue("previous") == "true" {
		path += ".previous"
	}
	lines, err := readLog(path, logStart(r))
	if err != nil {
		http.Error(w, "previous terminated container not found", http.StatusBadRequest)
		return
	}
	if tail, err := strconv.Atoi(r.FormValue("tailLines")); err == nil && tail < len(lines) {
		lines = lines[len(lines)-tail:]
	}
	for _, line := range lines {
		if r.FormValue("timestamps") == "true" {
			fmt.Fprintf(w, "%s ", line.stamp)
		}
		fmt.Fprintln(w, line.text)
	}
}

func logStart(r *http.Request) time.Time {
	if since, err := time.Parse(time.RFC3339, r.FormValue("sinceTime")); err == nil {
		return since
	}
	if seconds, err := strconv.Atoi(r.FormValue("sinceSeconds")); err == nil {
		return time.Now().Add(-time.Duration(seconds) * time.Second)
	}
	return time.Time{}
}

type logLine struct{ stamp, text string }

func readLog(path string, since time.Time) ([]logLine, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []logLine
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		stamp, text, _ := strings.Cut(lines.Text(), " ")
		if when, err := time.Parse(time.RFC3339Nano, stamp); err == nil && !when.Before(since) {
			found = append(found, logLine{stamp, text})
		}
	}
	return found, lines.Err()
}
