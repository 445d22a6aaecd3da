// Command node is the one node of the test cluster: a stand-in for kubelet, scheduler and CNI
// plugin. Its pods are network namespaces with plain processes, so no container engine and no
// image is needed. What the tests look at is as in a kubelet: exec and logs over TLS, statuses,
// restarts, ephemeral containers.
package main

import (
	"flag"
	"log"
	"net"
	"os"
)

func main() {
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	if len(os.Args) > 2 && os.Args[1] == "keys" {
		must(writeKeys(os.Args[2], os.Args[3:]))
		return
	}
	var options Options
	flag.StringVar(&options.Kubeconfig, "kubeconfig", "", "credentials of the node")
	flag.StringVar(&options.Name, "name", "node", "name of the Node object")
	flag.StringVar(&options.Prefix, "prefix", "", "first part of the name of every namespace")
	flag.StringVar(&options.Scheduler, "scheduler", "", "pods with this schedulerName run here")
	flag.StringVar(&options.Folder, "folder", "", "folder with the keys; logs go there too")
	address := flag.String("address", "", "address of the node")
	flag.StringVar(&options.Pods, "pods", "", "range of the pods' addresses")
	flag.Parse()
	options.Address = net.ParseIP(*address)
	must(run(options))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
