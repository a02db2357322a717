// As people write it: a goroutine per connection, bufio, flushed when nothing more has been read.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"sync"
)

var mutex sync.RWMutex
var everyone = map[net.Conn]bool{}

func echo(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 65536), bufio.NewWriterSize(conn, 65536)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		out.Write(line)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func publish(conn net.Conn) {
	mutex.Lock()
	everyone[conn] = true
	mutex.Unlock()
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			break
		}
		mutex.RLock()
		for other := range everyone {
			if other != conn {
				other.Write(line)
			}
		}
		mutex.RUnlock()
	}
	mutex.Lock()
	delete(everyone, conn)
	mutex.Unlock()
	conn.Close()
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	serve := echo
	if os.Args[1] == "fan" {
		serve = publish
	}
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(conn)
	}
}
