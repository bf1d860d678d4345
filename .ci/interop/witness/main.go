// The two sides of C2SP tlog-witness as transparency-dev writes them, to be run against ours.
//
//	go run . serve <file> <log key>    a witness; writes its URL and its key into the file and serves until it is stopped
//	go run . feed <URL> <witness key>  a log that grows, goes back and forks before the witness at the URL
//	go run . log-key                   that log's key
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"

	fnote "github.com/transparency-dev/formats/note"
	client "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// key makes the keys of a name from a seed of one repeated byte.
func key(name string, algorithm byte, seed byte) (signer, verifier string) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))
	public := append([]byte{algorithm}, private.Public().(ed25519.PublicKey)...)
	hash := sha256.Sum256(append([]byte(name+"\n"), public...))
	id := binary.BigEndian.Uint32(hash[:])
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, id, encode(append([]byte{1}, private.Seed()...))),
		fmt.Sprintf("%s+%08x+%s", name, id, encode(public))
}

func serve(file, logKey string) error {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	secret, _ := key("witness.example", 1, 50)
	_, public := key("witness.example", 4, 50)
	signer, err := fnote.NewSignerForCosignatureV1(secret)
	if err != nil {
		return err
	}
	w, err := witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{signer},
		VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
			return log, origin == log.Name(), nil
		},
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
	if err := os.WriteFile(file+".new", []byte("http://"+listener.Addr().String()+"/\n"+public+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	return http.Serve(listener, mux)
}

// history is a log in memory.
type history struct {
	hashes []tlog.Hash
	size   int64
}

func (h *history) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, i := range indexes {
		all = append(all, h.hashes[i])
	}
	return all, nil
}

func (h *history) add(entry string) error {
	hashes, err := tlog.StoredHashes(h.size, []byte(entry), h)
	h.hashes = append(h.hashes, hashes...)
	h.size++
	return err
}

func (h *history) checkpoint(size int64, signer note.Signer) ([]byte, error) {
	root, err := tlog.TreeHash(size, h)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, base64.StdEncoding.EncodeToString(root[:]))
	return note.Sign(&note.Note{Text: text}, signer)
}

func (h *history) proof(from, to int64) ([][]byte, error) {
	if from == 0 || from == to {
		return nil, nil
	}
	hashes, err := tlog.ProveTree(to, from, h)
	var all [][]byte
	for _, hash := range hashes {
		all = append(all, append([]byte{}, hash[:]...))
	}
	return all, err
}

func feed(at, witnessKey string) error {
	secret, _ := key("go.example/log", 1, 7)
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	watcher, err := fnote.NewVerifierForCosignatureV1(witnessKey)
	if err != nil {
		return err
	}
	address, err := url.Parse(at)
	if err != nil {
		return err
	}
	w := client.NewWitness(address, http.DefaultClient)

	var log, fork history
	ask := func(h *history, old, size int64) error {
		checkpoint, err := h.checkpoint(size, signer)
		if err != nil {
			return err
		}
		proof, err := h.proof(old, size)
		if err != nil {
			return err
		}
		signatures, _, err := w.Update(context.Background(), uint64(old), checkpoint, proof)
		if err != nil {
			return err
		}
		_, err = note.Open(append(checkpoint, signatures...), note.VerifierList(watcher))
		return err
	}
	for i := range 300 {
		if err := errors.Join(log.add(fmt.Sprint("entry ", i)), fork.add(fmt.Sprint("other ", i))); err != nil {
			return err
		}
	}
	old := int64(0)
	for _, size := range []int64{1, 2, 7, 8, 100, 256, 257, 299} {
		if err := ask(&log, old, size); err != nil {
			return fmt.Errorf("from %d to %d: %w", old, size, err)
		}
		old = size
	}
	for what, want := range map[string]struct {
		h         *history
		old, size int64
		err       error
	}{
		"a stale size":            {&log, 100, 300, witness.ErrCheckpointStale},
		"another history":         {&fork, 299, 300, witness.ErrInvalidProof},
		"another root, same size": {&fork, 299, 299, witness.ErrInvalidProof},
	} {
		if err := ask(want.h, want.old, want.size); !errors.Is(err, want.err) {
			return fmt.Errorf("%s: %v, not %v", what, err, want.err)
		}
	}
	return ask(&log, 299, 300)
}

func main() {
	var err error
	switch {
	case len(os.Args) == 4 && os.Args[1] == "serve":
		err = serve(os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "feed":
		err = feed(os.Args[2], os.Args[3])
	case len(os.Args) == 2 && os.Args[1] == "log-key":
		_, public := key("go.example/log", 1, 7)
		fmt.Println(public)
	default:
		err = errors.New("serve <file> <log key> | feed <URL> <witness key> | log-key")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
}
