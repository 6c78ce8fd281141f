// Command kinesim simulates Amazon Kinesis Data Streams on a virtual clock: it
// plays a scenario of producers, shards and consumers against the rules of the
// service and says whether the stream holds, why not, and what it costs.
//
//	kinesim run launch-night             a scenario of the library
//	kinesim run orders.yaml -d out       your own, with report, plots and data
//	kinesim init orders.yaml             a commented scenario to begin with
//
// This package is flags, files, progress and exit codes; it decides nothing about
// streams. A command is one file here and one line in app.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // the first interrupt asks for a partial report; after it, the next one ends the program at once
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
