// Command ferretdb is FerretDB with SQLite. Its own command refuses to run unless it was built from
// a checkout; the package is the same.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	address := flag.String("address", "", "address and port to listen on")
	folder := flag.String("folder", "", "folder of the databases")
	flag.Parse()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: *address}, Handler: "sqlite", SQLiteURL: "file:" + *folder + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	ending, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := server.Run(ending); err != nil {
		log.Fatal(err)
	}
}
