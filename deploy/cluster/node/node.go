package main

import (
	"context"
	"log"
	"net"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	kubeletPort = 10250
	interval    = 150 * time.Millisecond // between two looks at the API
)

// Options are what the node is started with.
type Options struct {
	Kubeconfig, Name, Prefix, Scheduler, Folder, Pods string
	Address                                           net.IP
}

// Node keeps the processes of its pods as the API wants them.
type Node struct {
	Options
	client *kubernetes.Clientset
	pods   *Registry
}

func run(options Options) error {
	config, err := clientcmd.BuildConfigFromFlags("", options.Kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 100, 200
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	registry, err := newRegistry(options)
	if err != nil {
		return err
	}
	node := &Node{Options: options, client: client, pods: registry}
	if err := node.register(context.Background()); err != nil {
		return err
	}
	go func() { must(node.serve()) }()
	for {
		if err := node.sync(context.Background()); err != nil {
			log.Print(err)
		}
		time.Sleep(interval)
	}
}

func (n *Node) register(ctx context.Context) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.Name}}
	created, err := n.client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		created, err = n.client.CoreV1().Nodes().Get(ctx, n.Name, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	room := corev1.ResourceList{"pods": resource.MustParse("100")}
	created.Status.Capacity, created.Status.Allocatable = room, room
	created.Status.Addresses = []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: n.Address.String()},
	}
	created.Status.DaemonEndpoints.KubeletEndpoint.Port = kubeletPort
	created.Status.Conditions = []corev1.NodeCondition{
		{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "NetworkNamespaces"},
	}
	_, err = n.client.CoreV1().Nodes().UpdateStatus(ctx, created, metav1.UpdateOptions{})
	return err
}

func (n *Node) sync(ctx context.Context) error {
	pods, err := n.client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	services, err := n.client.CoreV1().Services("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	wanted := map[types.UID]bool{}
	for index := range pods.Items {
		pod := &pods.Items[index]
		wanted[pod.UID] = true
		if err := n.syncPod(ctx, pod, services.Items); err != nil {
			log.Printf("pod %s/%s: %v", pod.Namespace, pod.Name, err)
		}
	}
	n.pods.keepOnly(wanted)
	return nil
}

func (n *Node) syncPod(ctx context.Context, pod *corev1.Pod, services []corev1.Service) error {
	switch {
	case pod.Spec.NodeName == "" && pod.Spec.SchedulerName == n.Scheduler:
		return n.bind(ctx, pod)
	case pod.Spec.NodeName != n.Name:
		return nil
	case pod.DeletionTimestamp != nil:
		n.pods.stop(pod.UID)
		now := metav1.NewDeleteOptions(0)
		return n.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *now)
	}
	runtime, err := n.pods.ensure(pod, services)
	if err != nil {
		return err
	}
	status, changed := runtime.status(pod)
	if !changed {
		return nil
	}
	fresh := pod.DeepCopy()
	fresh.Status = status
	_, err = n.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, fresh, metav1.UpdateOptions{})
	return err
}

func (n *Node) bind(ctx context.Context, pod *corev1.Pod) error {
	binding := &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: n.Name},
	}
	return n.client.CoreV1().Pods(pod.Namespace).Bind(ctx, binding, metav1.CreateOptions{})
}
