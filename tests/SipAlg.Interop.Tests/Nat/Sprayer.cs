using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SipAlg.Interop.Tests.Audio;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>Sends RTP with a voice of its own to every port of a range, in the hope that one of them takes it.</summary>
internal static class Sprayer
{
    private const int HeaderLength = 12;
    private const int Samples = 160;
    private const byte Version2 = 0x80;

    /// <param name="from">Who sends.</param>
    /// <param name="target">Whose ports.</param>
    /// <param name="first">Of the ports.</param>
    /// <param name="last">Included.</param>
    /// <param name="packets">To each port.</param>
    /// <param name="toneHertz">What it says.</param>
    public static void Spray(NatHost from, IPAddress target, int first, int last, int packets, double toneHertz)
    {
        using var socket = from.Space.Socket(SocketType.Dgram, ProtocolType.Udp);
        var voice = Tone.Samples(toneHertz, packets * Samples);
        var packet = new byte[HeaderLength + Samples];
        packet[0] = Version2;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 0xBAD);
        for (ushort sequence = 0; sequence < packets; sequence++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(sequence * Samples));
            for (var sample = 0; sample < Samples; sample++)
            {
                packet[HeaderLength + sample] = MuLaw.Encode(voice[(sequence * Samples) + sample]);
            }

            for (var port = first; port <= last; port++)
            {
                Send(socket, packet, new IPEndPoint(target, port));
            }
        }
    }

    /// <summary>Sends what is no media, as fast as it goes: nothing at all, a word, STUN, DTLS, and long datagrams.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="target">Whose ports.</param>
    /// <param name="first">Of the ports.</param>
    /// <param name="last">Included.</param>
    /// <param name="rounds">Packets of each kind to each port.</param>
    /// <returns>Packets to each port.</returns>
    public static int Flood(NatHost from, IPAddress target, int first, int last, int rounds)
    {
        byte[][] packets = [[], [Version2], "open sesame, open sesame"u8.ToArray(), [0, 1, .. new byte[30]], [22, 254, .. new byte[30]], [Version2, 200, .. new byte[1300]]];
        using var socket = from.Space.Socket(SocketType.Dgram, ProtocolType.Udp);
        for (var round = 0; round < rounds; round++)
        {
            for (var port = first; port <= last; port++)
            {
                Array.ForEach(packets, packet => Send(socket, packet, new IPEndPoint(target, port)));
            }
        }

        return rounds * packets.Length;
    }

    private static void Send(Socket socket, byte[] packet, IPEndPoint target)
    {
        try
        {
            socket.SendTo(packet, target);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // What the port before answered by ICMP is told instead of sending.
            Send(socket, packet, target);
        }
    }
}
