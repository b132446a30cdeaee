"""A name server that knows one host, and may be dead for a while."""
import socket
import struct
import threading


class NameServer:
    TTL = 5

    def __init__(self, name, address, at=("127.0.0.53", 5353)):
        self.name, self.address, self.dead, self.asked = name, address, False, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(at)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, source = self.socket.recvfrom(1500)
            self.asked += 1
            if not self.dead:
                self.socket.sendto(self.answer(query), source)

    def answer(self, query):
        """An address for A; nothing for all else, with an SOA so that it is not asked again at once."""
        end = query.index(b"\0", 12) + 5
        question = query[12:end]
        name, kind = question[:-4], struct.unpack(">H", question[-4:-2])[0]
        known = name.lower() == b"".join(bytes([len(part)]) + part.encode() for part in self.name.split(".")) + b"\0"
        records = b""
        if known and kind == 1:
            records = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, self.TTL, 4) + socket.inet_aton(self.address)
        soa = b"\xc0\x0c" + struct.pack(">HHIH", 6, 1, self.TTL, 22) + b"\0\0" + struct.pack(">IIIII", 1, 60, 60, 60, self.TTL)
        return query[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, 1 if records else 0, 0 if records else 1, 0) + question + (records or soa)
