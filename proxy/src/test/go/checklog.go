// Checks a log by Go's implementation of notes and transparency logs, which shares nothing with ours:
// the signatures of two checkpoints, that the later one's tree begins with the earlier one's, and that
// the entries of the bundles are in it. Tiles are read from files.
//
//	checklog FOLDER VKEY OLDER
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type tree struct {
	name string
	tlog.Tree
}

// open reads a checkpoint. tlog.ParseTree expects the first line of Go's own log, so it isn't used.
func open(file string, verifier note.Verifier) (tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tree{}, err
	}
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree{}, fmt.Errorf("%s: %w", file, err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tree{}, fmt.Errorf("%s: not three lines", file)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tree{}, err
	}
	return tree{lines[0], tlog.Tree{N: size, Hash: hash}}, nil
}

// files reads tiles as tlog-tiles names them: tile/L/N, where Go's own have the height in between.
type files struct{ folder string }

func (f files) Height() int { return height }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.folder, path))
		if os.IsNotExist(err) {
			tile.W = 1 << height
			path = strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
			data, err = os.ReadFile(filepath.Join(f.folder, path))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

// entries gives the entries of a bundle, which stands where Go has tile/8/data.
func (f files) entries(n int64, width int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: n, W: width}
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(f.folder, path))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, fmt.Errorf("%s: ends in a length", path)
		}
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, fmt.Errorf("%s: ends in an entry", path)
		}
		all = append(all, data[2:2+length])
		data = data[2+length:]
	}
	if len(all) != width {
		return nil, fmt.Errorf("%s: %d entries", path, len(all))
	}
	return all, nil
}

func check(folder, vkey, older string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	now, err := open(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	then, err := open(older, verifier)
	if err != nil {
		return err
	}
	if now.name != verifier.Name() || then.name != now.name {
		return fmt.Errorf("checkpoints of %s and %s, by %s", then.name, now.name, verifier.Name())
	}
	log := files{folder}
	reader := tlog.TileHashReader(now.Tree, log)

	proof, err := tlog.ProveTree(now.N, then.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, now.N, now.Hash, then.N, then.Hash); err != nil {
		return err
	}

	for begin := int64(0); begin < now.N; begin += 1 << height {
		width := 1 << height
		if now.N-begin < int64(width) {
			width = int(now.N - begin)
		}
		entries, err := log.entries(begin>>height, width)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			index := begin + int64(i)
			if index%(now.N/1000+1) != 0 && index != now.N-1 {
				continue // of a long log some, as each takes all tiles on its way
			}
			proof, err := tlog.ProveRecord(now.N, index, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, now.N, now.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	fmt.Printf("%s: %d entries, consistent with %d\n", now.name, now.N, then.N)
	return nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("checklog FOLDER VKEY OLDER")
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}
