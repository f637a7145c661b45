"""A client as students write them, by PROTOCOL 10 alone: it shares no code with ours.

    student.py PORT DIALECT N VOTE MANNER

`callback`: does all its work where messages come in, and hears nothing meanwhile.
`phases`: goes through one phase after another, and subscribes to what it needs when it gets there.
Writes a line of JSON when it listens, when it knows its controller, and for each challenge it wins.
"""

import hashlib
import json
import os
import random
import sys
import time
import uuid

import paho.mqtt.client as mqtt

PORT, DIALECT, WANTED, VOTE, MANNER = sys.argv[1:]
UFES = DIALECT == 'ufes'
N = int(WANTED)
ME = str(uuid.uuid4()) if UFES else os.getpid() % 65536
BITS = 8
UNIT = 1 if UFES else 4

known, votes = [], []
state = {'controller': None, 'open': None, 'next': 0, 'phase': 'init'}


def zero_bits(text):
    return 160 - int(hashlib.sha1(str(text).encode()).hexdigest(), 16).bit_length()


def tell(**what):
    print(json.dumps(what), flush=True)


def say(word, **fields):
    client.publish('sd/' + word, json.dumps(fields), qos=1)


def vote():
    say('voting', ClientID=ME, VoteID=VOTE if UFES else int(VOTE))


def count(said):
    if said['ClientID'] in [name for _, name in votes]:
        return
    votes.append((said['VoteID'], said['ClientID']))
    if len(votes) == N:
        state['controller'] = max(votes)[1]
        tell(kind='elected', peer=ME, controller=state['controller'])


def open_challenge():
    state['open'] = state['next']
    state['next'] += 1
    say('challenge', TransactionID=state['open'], Challenge=BITS // UNIT)


def mine(said):
    nonce = random.randrange(10**9)
    while zero_bits(nonce) < said['Challenge'] * UNIT:
        nonce += 1
    say('solution', TransactionID=said['TransactionID'], ClientID=ME, Solution=str(nonce))


def judge(said):
    is_win = said['TransactionID'] == state['open'] and zero_bits(said['Solution']) >= BITS
    say('result', **said, Result=1 if is_win else 0)
    if is_win:
        if MANNER == 'callback':
            time.sleep(0.5)
        open_challenge()


def on_message(_client, _data, message):
    word, said = message.topic.split('/')[1], json.loads(message.payload)
    governs = state['controller'] == ME
    if word == 'init' and state['phase'] == 'init' and said['ClientID'] not in known:
        known.append(said['ClientID'])
        if MANNER == 'callback':
            say('init', ClientID=ME)
            if len(known) == N:
                vote()
    elif word == 'voting' and state['controller'] is None:
        count(said)
        if state['controller'] == ME and MANNER == 'callback':
            time.sleep(2)
            open_challenge()
    elif word == 'challenge' and not governs:
        mine(said)
    elif word == 'solution' and governs:
        judge(said)
    elif word == 'result' and said['Result'] and said['ClientID'] == ME:
        tell(kind='won', peer=ME, transactionID=said['TransactionID'])


def go_through_phases():
    while len(known) < N:
        say('init', ClientID=ME)
        time.sleep(0.5)
    say('init', ClientID=ME)
    time.sleep(1)
    state['phase'] = 'voting'
    client.subscribe('sd/voting', 1)
    time.sleep(0.5)
    vote()
    while state['controller'] is None:
        time.sleep(0.05)
    for word in ('challenge', 'solution', 'result'):
        client.subscribe('sd/' + word, 1)
    if state['controller'] == ME:
        time.sleep(2)
        open_challenge()
    while True:
        time.sleep(60)


# Since its version 2, paho wants to know for which version its callbacks were written.
VERSION = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, 'CallbackAPIVersion') else []
client = mqtt.Client(*VERSION)
client.on_message = on_message
client.on_subscribe = lambda *_: tell(kind='listening', peer=ME)
client.connect('127.0.0.1', int(PORT))
if MANNER == 'callback':
    client.on_connect = lambda *_: (client.subscribe('sd/+', 1), say('init', ClientID=ME))
    client.loop_forever()
else:
    client.subscribe('sd/init', 1)
    client.loop_start()
    go_through_phases()
