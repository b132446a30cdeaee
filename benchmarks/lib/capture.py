"""A capture of some RTP, for SIPp to play."""
import struct


def capture(path, packets=5):
    """A pcap file with some packets of PCMA, 20 ms apart; SIPp gives them their addresses."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(packets):
            rtp = struct.pack(">BBHII", 0x80, 8, number + 1, 160 * number, 0x50414C47) + b"\xd5" * 160
            udp = struct.pack(">HHHH", 6000, 7000, 8 + len(rtp), 0) + rtp
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
            frame = bytes(12) + b"\x08\x00" + ip
            file.write(struct.pack("<IIII", 0, 20000 * number, len(frame), len(frame)) + frame)
