package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Registry holds what runs on the node, by the UID of its pod.
type Registry struct {
	options Options
	mutex   sync.Mutex
	running map[types.UID]*PodRuntime
	next    netip.Addr
	links   int
}

func newRegistry(options Options) (*Registry, error) {
	pods, err := netip.ParsePrefix(options.Pods)
	if err != nil {
		return nil, err
	}
	first := pods.Addr().Next().Next() // the first one is by custom the node's
	logs := filepath.Join(options.Folder, "pods")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, err
	}
	return &Registry{options: options, running: map[types.UID]*PodRuntime{}, next: first}, nil
}

// ensure starts what is not running yet of a pod and keeps the names it knows up to date.
func (r *Registry) ensure(pod *corev1.Pod, services []corev1.Service) (*PodRuntime, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	runtime := r.running[pod.UID]
	if runtime == nil {
		r.links++
		runtime = &PodRuntime{
			namespace:  pod.Namespace,
			name:       pod.Name,
			netns:      r.options.Prefix + pod.Name,
			link:       fmt.Sprintf("pod%d", r.links),
			address:    r.next,
			logs:       filepath.Join(r.options.Folder, "pods"),
			host:       r.options.Address.String(),
			containers: map[string]*Process{},
		}
		r.next = r.next.Next()
		if err := runtime.makeNetwork(); err != nil {
			return nil, err
		}
		r.running[pod.UID] = runtime
	}
	if err := runtime.writeHosts(hosts(pod.Namespace, services)); err != nil {
		return nil, err
	}
	runtime.startContainers(pod)
	return runtime, nil
}

func (r *Registry) find(namespace, name string) *PodRuntime {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, runtime := range r.running {
		if runtime.namespace == namespace && runtime.name == name {
			return runtime
		}
	}
	return nil
}

func (r *Registry) stop(uid types.UID) {
	r.mutex.Lock()
	runtime := r.running[uid]
	delete(r.running, uid)
	r.mutex.Unlock()
	if runtime != nil {
		runtime.stop()
	}
}

func (r *Registry) keepOnly(wanted map[types.UID]bool) {
	r.mutex.Lock()
	var gone []types.UID
	for uid := range r.running {
		if !wanted[uid] {
			gone = append(gone, uid)
		}
	}
	r.mutex.Unlock()
	for _, uid := range gone {
		r.stop(uid)
	}
}

// hosts are the Services by the names that the cluster's DNS would know.
func hosts(namespace string, services []corev1.Service) string {
	var lines strings.Builder
	for _, service := range services {
		address := service.Spec.ClusterIP
		if address == "" || address == corev1.ClusterIPNone {
			continue
		}
		long := service.Name + "." + service.Namespace
		names := []string{long, long + ".svc", long + ".svc.cluster.local"}
		if service.Namespace == namespace {
			names = append(names, service.Name)
		}
		fmt.Fprintf(&lines, "%s %s\n", address, strings.Join(names, " "))
	}
	return lines.String()
}
