package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	gateway    = "169.254.1.1" // answered for by the node; nobody has it
	probeLimit = 300 * time.Millisecond
)

// PodRuntime is one pod: a network namespace and the processes in it.
type PodRuntime struct {
	namespace, name, netns, link, logs, host string
	address                                  netip.Addr
	hosts                                    string
	containers                               map[string]*Process
}

// makeNetwork gives the pod one address, routed (not bridged) by the node as most CNI plugins do.
func (p *PodRuntime) makeNetwork() error {
	address := p.address.String() + "/32"
	for _, words := range [][]string{
		{"netns", "add", p.netns},
		{"link", "add", p.link, "type", "veth", "peer", "eth0", "netns", p.netns},
		{"link", "set", p.link, "up"},
		{"route", "add", address, "dev", p.link},
		{"-n", p.netns, "link", "set", "lo", "up"},
		{"-n", p.netns, "addr", "add", address, "dev", "eth0"},
		{"-n", p.netns, "link", "set", "eth0", "up"},
		{"-n", p.netns, "route", "add", gateway, "dev", "eth0", "scope", "link"},
		{"-n", p.netns, "route", "add", "default", "via", gateway, "dev", "eth0"},
	} {
		if output, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", strings.Join(words, " "), err, output)
		}
	}
	settings := "/proc/sys/net/ipv4"
	values := map[string]string{
		filepath.Join(settings, "conf", p.link, "proxy_arp"):    "1",
		filepath.Join(settings, "neigh", p.link, "proxy_delay"): "0",
	}
	for path, value := range values {
		if err := os.WriteFile(path, []byte(value), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeHosts changes the file in place: a running process has it mounted.
func (p *PodRuntime) writeHosts(services string) error {
	text := fmt.Sprintf("127.0.0.1 localhost\n%s %s\n%s", p.address, p.name, services)
	if text == p.hosts {
		return nil
	}
	folder := filepath.Join("/etc/netns", p.netns)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	// Nothing answers there: a name that is no Service is unknown at once and never asked outside.
	resolver := []byte("nameserver 127.0.0.1\n")
	if err := os.WriteFile(filepath.Join(folder, "resolv.conf"), resolver, 0o644); err != nil {
		return err
	}
	p.hosts = text
	return os.WriteFile(filepath.Join(folder, "hosts"), []byte(text), 0o644)
}

func (p *PodRuntime) startContainers(pod *corev1.Pod) {
	for index := range pod.Spec.Containers {
		container := &pod.Spec.Containers[index]
		p.startOnce(container, pod.Spec.RestartPolicy == corev1.RestartPolicyAlways)
	}
	for index := range pod.Spec.EphemeralContainers {
		common := corev1.Container(pod.Spec.EphemeralContainers[index].EphemeralContainerCommon)
		p.startOnce(&common, false)
	}
}

func (p *PodRuntime) startOnce(container *corev1.Container, restart bool) {
	if p.containers[container.Name] != nil {
		return
	}
	process := &Process{
		command:   p.inside(container, append(container.Command, container.Args...)),
		env:       environment(container),
		directory: container.WorkingDir,
		log:       filepath.Join(p.logs, p.name+"_"+container.Name+".log"),
		restart:   restart,
		admin:     mayAdministerNetwork(container),
	}
	p.containers[container.Name] = process
	process.start()
}

// inside is `command` as it runs in the pod, with the capabilities of a container.
func (p *PodRuntime) inside(container *corev1.Container, command []string) []string {
	return p.wrapped(mayAdministerNetwork(container), command)
}

func (p *PodRuntime) wrapped(admin bool, command []string) []string {
	if len(command) == 0 {
		return nil // the image would say; it does nothing and does not end
	}
	words := []string{"ip", "netns", "exec", p.netns}
	if !admin {
		words = append(words, "setpriv", "--bounding-set=-net_admin,-sys_admin", "--inh-caps=-all")
	}
	return append(words, command...)
}

func (p *PodRuntime) stop() {
	for _, process := range p.containers {
		process.stop()
	}
	output, _ := exec.Command("ip", "netns", "pids", p.netns).Output()
	for _, word := range strings.Fields(string(output)) {
		if pid, err := strconv.Atoi(word); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	_ = exec.Command("ip", "link", "del", p.link).Run()
	_ = exec.Command("ip", "netns", "del", p.netns).Run()
	_ = os.RemoveAll(filepath.Join("/etc/netns", p.netns))
}

// status is what the pod's status should say, and whether that is news.
func (p *PodRuntime) status(pod *corev1.Pod) (corev1.PodStatus, bool) {
	status := *pod.Status.DeepCopy()
	status.Phase = corev1.PodRunning
	status.PodIP = p.address.String()
	status.PodIPs = []corev1.PodIP{{IP: status.PodIP}}
	status.HostIP = p.host
	status.HostIPs = []corev1.HostIP{{IP: p.host}}
	status.ContainerStatuses, status.EphemeralContainerStatuses = nil, nil
	if status.StartTime == nil {
		now := metav1.Now()
		status.StartTime = &now
	}
	ready := true
	for index := range pod.Spec.Containers {
		container := &pod.Spec.Containers[index]
		one := p.containers[container.Name].status(container)
		one.Ready = one.State.Running != nil && p.answers(container.ReadinessProbe)
		ready = ready && one.Ready
		status.ContainerStatuses = append(status.ContainerStatuses, one)
	}
	for index := range pod.Spec.EphemeralContainers {
		common := corev1.Container(pod.Spec.EphemeralContainers[index].EphemeralContainerCommon)
		one := p.containers[common.Name].status(&common)
		status.EphemeralContainerStatuses = append(status.EphemeralContainerStatuses, one)
	}
	setCondition(&status, corev1.PodReady, ready)
	setCondition(&status, corev1.ContainersReady, ready)
	return status, !equality.Semantic.DeepEqual(status, pod.Status)
}

func (p *PodRuntime) answers(probe *corev1.Probe) bool {
	if probe == nil || probe.TCPSocket == nil {
		return true
	}
	target := net.JoinHostPort(p.address.String(), probe.TCPSocket.Port.String())
	connection, err := net.DialTimeout("tcp", target, probeLimit)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}

func setCondition(status *corev1.PodStatus, kind corev1.PodConditionType, holds bool) {
	value := corev1.ConditionFalse
	if holds {
		value = corev1.ConditionTrue
	}
	for index := range status.Conditions {
		if condition := &status.Conditions[index]; condition.Type == kind {
			if condition.Status != value {
				condition.Status, condition.LastTransitionTime = value, metav1.Now()
			}
			return
		}
	}
	status.Conditions = append(status.Conditions, corev1.PodCondition{
		Type: kind, Status: value, LastTransitionTime: metav1.Now(),
	})
}

func environment(container *corev1.Container) []string {
	env := os.Environ()
	for _, variable := range container.Env {
		env = append(env, variable.Name+"="+variable.Value)
	}
	return env
}

func mayAdministerNetwork(container *corev1.Container) bool {
	context := container.SecurityContext
	if context == nil || context.Capabilities == nil {
		return false
	}
	for _, added := range context.Capabilities.Add {
		if added == "NET_ADMIN" {
			return true
		}
	}
	return false
}
