#!/usr/bin/env python3
"""Send the frames of a classic little-endian pcap file, as they are, into a network interface.

usage: send-capture.py FILE INTERFACE [INTERFACE] [--rounds N] [--burst N]

With two interfaces each direction goes into its own one, as at the two ports of a tap. After each burst the sender
rests for two milliseconds.
"""
import argparse
import socket
import struct
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("file")
arguments.add_argument("interfaces", nargs="+")
arguments.add_argument("--rounds", type=int, default=1)
arguments.add_argument("--burst", type=int, default=50)
options = arguments.parse_args()

sockets = []
for interface in options.interfaces:
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((interface, 0))
    sockets.append(sender)

content = open(options.file, "rb").read()
frames, offset = [], 24
while offset < len(content):
    (length,) = struct.unpack_from("<I", content, offset + 8)
    frames.append(content[offset + 16 : offset + 16 + length])
    offset += 16 + length

sent = 0
for _ in range(options.rounds):
    for frame in frames:
        is_up = frame[6:12] < frame[0:6]
        while True:
            try:
                sockets[0 if is_up else -1].send(frame)
                break
            except OSError as error:
                # No buffer: the link is slower than we are.
                if error.errno != 105:
                    raise
                time.sleep(0.001)
        sent += 1
        if sent % options.burst == 0:
            time.sleep(0.002)
print(sent)
