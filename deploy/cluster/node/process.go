package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const pause = time.Second // before a container that ended is started again

// Process is what a container runs.
type Process struct {
	command        []string
	env            []string
	directory, log string
	restart, admin bool

	mutex    sync.Mutex
	running  *exec.Cmd
	stopped  bool
	restarts int32
	state    corev1.ContainerState
	last     corev1.ContainerState
}

func (p *Process) start() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.state = corev1.ContainerState{
		Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()},
	}
	if p.command != nil {
		go p.keepRunning()
	}
}

func (p *Process) keepRunning() {
	for {
		code := p.runOnce()
		p.mutex.Lock()
		ended := &corev1.ContainerStateTerminated{
			ExitCode: code, FinishedAt: metav1.Now(), Reason: "Completed",
			StartedAt: p.state.Running.StartedAt,
		}
		if code != 0 {
			ended.Reason = "Error"
		}
		p.state = corev1.ContainerState{Terminated: ended}
		again := p.restart && !p.stopped
		p.mutex.Unlock()
		if !again {
			return
		}
		time.Sleep(pause)
		_ = os.Rename(p.log, p.log+".previous")
		p.mutex.Lock()
		p.restarts++
		p.last = p.state
		p.state = corev1.ContainerState{
			Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()},
		}
		p.mutex.Unlock()
	}
}

func (p *Process) runOnce() int32 {
	file, err := os.Create(p.log)
	if err != nil {
		return 128
	}
	defer file.Close()
	reader, writer := io.Pipe()
	copied := make(chan struct{})
	go func() { stamp(file, reader); close(copied) }()
	command := exec.Command(p.command[0], p.command[1:]...)
	command.Env, command.Dir = p.env, p.directory
	command.Stdout, command.Stderr = writer, writer
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.mutex.Lock()
	err = command.Start()
	p.running = command
	p.mutex.Unlock()
	if err == nil {
		err = command.Wait()
	}
	if err != nil {
		fmt.Fprintln(writer, err)
	}
	writer.Close()
	<-copied
	if command.ProcessState == nil {
		return 128
	}
	return int32(command.ProcessState.ExitCode())
}

// stamp copies lines as a container engine keeps them: with their time before them.
func stamp(to io.Writer, from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintf(to, "%s %s\n", time.Now().UTC().Format(time.RFC3339Nano), lines.Text())
	}
	_, _ = io.Copy(io.Discard, from)
}

func (p *Process) stop() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.stopped = true
	if p.running != nil && p.running.Process != nil {
		_ = syscall.Kill(-p.running.Process.Pid, syscall.SIGKILL)
	}
}

func (p *Process) status(container *corev1.Container) corev1.ContainerStatus {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	started := p.state.Running != nil
	return corev1.ContainerStatus{
		Name: container.Name, Image: container.Image, ImageID: "none", ContainerID: "process://" + p.log,
		RestartCount: p.restarts, State: p.state, LastTerminationState: p.last, Started: &started,
	}
}
