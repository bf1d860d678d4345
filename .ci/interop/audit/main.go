// Verifies a Contextkeep audit log with the transparency log libraries of the Go project and of transparency-dev: every entry's
// inclusion, the consistency of every checkpoint that is shown with the newest one, both of the log's signatures, and every
// tile with Tessera's fsck.
//
//	go run . -log <directory or URL> -vkey <Ed25519 key> [-mldsa <ML-DSA-44 key>] [-token <bearer token for the entries>]
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// source gives a log's files by name, from a directory or a server.
type source struct{ at, token string }

func (s source) file(name string) ([]byte, error) {
	if !strings.HasPrefix(s.at, "http") {
		return os.ReadFile(filepath.Join(s.at, filepath.FromSlash(name)))
	}
	request, err := http.NewRequest(http.MethodGet, strings.TrimRight(s.at, "/")+"/"+name, nil)
	if err != nil {
		return nil, err
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, response.Status)
	}
	return io.ReadAll(response.Body)
}

// tiles lets tlog read hashes. It names its tiles with their height, which C2SP's names do not have.
type tiles struct{ source }

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, err := t.file(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (s source) ReadCheckpoint(context.Context) ([]byte, error) { return s.file("checkpoint") }

func (s source) ReadTile(_ context.Context, level, index uint64, partial uint8) ([]byte, error) {
	return s.file(layout.TilePath(level, index, partial))
}

func (s source) ReadEntryBundle(_ context.Context, index uint64, partial uint8) ([]byte, error) {
	return s.file(layout.EntriesPath(index, partial))
}

// leafHashes reads a bundle as Tessera does.
func leafHashes(bundle []byte) ([][]byte, error) {
	var entries api.EntryBundle
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

// entries calls each for every entry of the log, in order.
func (s source) entries(size int64, each func(index int64, entry []byte) error) error {
	for from := int64(0); from < size; from += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: from / 256, W: int(min(256, size-from))}
		bundle, err := s.file(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		if err != nil {
			return err
		}
		for i := 0; i < tile.W; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("the bundle at %d is too short", from)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if err := each(from+int64(i), bundle[2:end]); err != nil {
				return err
			}
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("the bundle at %d has more than its entries", from)
		}
	}
	return nil
}

// history splits notes that follow one another.
func history(file []byte) [][]byte {
	var notes [][]byte
	for len(file) > 0 {
		end := bytes.Index(file, []byte("\n\n"))
		if end < 0 {
			return append(notes, file)
		}
		end += 2
		for bytes.HasPrefix(file[end:], []byte("— ")) {
			end += bytes.IndexByte(file[end:], '\n') + 1
		}
		notes = append(notes, file[:end])
		file = file[end:]
	}
	return notes
}

func run() error {
	at := flag.String("log", "", "directory or URL of the log")
	vkey := flag.String("vkey", "", "the log's Ed25519 key")
	mldsa := flag.String("mldsa", "", "the log's ML-DSA-44 key")
	token := flag.String("token", "", "bearer token for the entries")
	flag.Parse()
	log := source{*at, *token}

	ed25519, err := note.NewVerifier(*vkey)
	if err != nil {
		return err
	}
	signed, tree, err := newest(log, ed25519)
	if err != nil {
		return err
	}
	if *mldsa != "" {
		verifier, err := fnote.NewMLDSAVerifier(*mldsa)
		if err != nil {
			return err
		}
		if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
			return fmt.Errorf("ML-DSA-44 cosignature: %w", err)
		}
		fmt.Println("the checkpoint is cosigned with ML-DSA-44")
	}

	hashes := tlog.TileHashReader(tree, tiles{log})
	included := 0
	err = log.entries(tree.N, func(index int64, entry []byte) error {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		included++
		return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	})
	if err != nil {
		return err
	}
	fmt.Println(included, "entries are included")

	if err := fsck.New(ed25519.Name(), ed25519, log, leafHashes, fsck.Opts{N: 2}).Check(context.Background()); err != nil {
		return fmt.Errorf("Tessera's fsck: %w", err)
	}
	fmt.Println("Tessera's fsck finds every tile right")

	if err := grown(log, ed25519, tree); err != nil {
		return fmt.Errorf("the checkpoint of later: %w", err)
	}

	old, err := log.file("checkpoints")
	if err != nil {
		fmt.Println("no older checkpoints are shown")
		return nil
	}
	consistent := 0
	for _, each := range history(old) {
		opened, err := note.Open(each, note.VerifierList(ed25519))
		if err != nil {
			return fmt.Errorf("an older checkpoint: %w", err)
		}
		before, err := parse(opened.Text)
		if err != nil {
			return err
		}
		if before.N > tree.N { // A running log has gone on since; its newest checkpoint was looked at above.
			break
		}
		proof, err := tlog.ProveTree(tree.N, before.N, hashes)
		if err != nil {
			return fmt.Errorf("checkpoint of %d: %w", before.N, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return fmt.Errorf("checkpoint of %d: %w", before.N, err)
		}
		consistent++
	}
	fmt.Println(consistent, "checkpoints are consistent with the newest")
	return nil
}

// newest reads the checkpoint that the log shows now.
func newest(log source, key note.Verifier) ([]byte, tlog.Tree, error) {
	signed, err := log.file("checkpoint")
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	checkpoint, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return nil, tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	tree, err := parse(checkpoint.Text)
	return signed, tree, err
}

// grown looks at a live log once more: it has more entries, for each look at the entries is one, and it must be the same log.
func grown(log source, key note.Verifier, before tlog.Tree) error {
	if !strings.HasPrefix(log.at, "http") {
		return nil
	}
	tree := before
	for tries := 0; tree.N == before.N && tries < 30; tries++ {
		time.Sleep(200 * time.Millisecond)
		var err error
		if _, tree, err = newest(log, key); err != nil {
			return err
		}
	}
	if tree.N <= before.N {
		return fmt.Errorf("reading the entries was not recorded: there are still %d", tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, before.N, tlog.TileHashReader(tree, tiles{log}))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return err
	}
	fmt.Println("since it was read it went on from", before.N, "to", tree.N, "entries")
	return nil
}

// parse reads origin, size and root.
func parse(text string) (tlog.Tree, error) {
	_, rest, _ := strings.Cut(text, "\n")
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "NOT VERIFIED:", err)
		os.Exit(1)
	}
	fmt.Println("verified with golang.org/x/mod/sumdb/tlog and note")
}
