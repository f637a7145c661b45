"""The course's Master and Worker as a notebook has them, by their description alone.

    notebook.py master PORT FILE WORKERS
    notebook.py worker PORT NONCES

Both say each thing once, read once with recv(1024), and put no end behind what they say. The worker
numbers its threads from 0, and tells of each that found nothing as soon as it is through.
"""

import hashlib
import socket
import sys
import threading
import time

ZEROS = '000000'


def digest_of(block, nonce):
    return hashlib.sha256((block + str(nonce)).encode()).hexdigest()


def master(port, path, workers):
    with open(path) as file:
        block = file.read()
    connection = socket.create_connection(('127.0.0.1', int(port)))
    connection.send(f'{block} {workers}'.encode())
    answer = connection.recv(1024).decode()
    connection.close()
    words = answer.split(' ')
    if words[0] != 'success':
        print(answer)
        return
    print(f'worker {int(words[1])} nonce {int(words[2])} seconds {float(words[3])}')
    with open(path, 'w') as file:
        file.write(digest_of(block, int(words[2])))


class Worker:
    def __init__(self, connection, block, count, nonces):
        self.connection, self.block = connection, block
        self.stop = threading.Event()
        share = nonces // count
        self.threads = [
            threading.Thread(target=self.search, args=(index, index * share, (index + 1) * share))
            for index in range(count)
        ]

    def search(self, index, start, end):
        begun = time.time()
        for nonce in range(start, end):
            if self.stop.is_set():
                return
            digest = digest_of(self.block, nonce)
            if digest.startswith(ZEROS):
                self.stop.set()
                self.connection.send(f'success {index} {nonce} {time.time() - begun}'.encode())
                return
            if digest.startswith(ZEROS[:-1]):
                print(f'Worker {index} {digest[:10]}', flush=True)
        self.connection.send(f'Worker {index} did not find nonce'.encode())


def worker(port, nonces):
    server = socket.create_server(('127.0.0.1', int(port)))
    print(server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        block, count = connection.recv(1024).decode().split(' ')
        if int(count) == 0:
            connection.send(b'Shutting down server')
            connection.close()
            return
        searching = Worker(connection, block, int(count), int(nonces))
        for thread in searching.threads:
            thread.start()
        for thread in searching.threads:
            thread.join()
        connection.close()


{'master': master, 'worker': worker}[sys.argv[1]](*sys.argv[2:])
