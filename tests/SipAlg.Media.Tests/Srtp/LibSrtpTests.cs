using System.Buffers.Binary;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>
/// Our SRTP beside libsrtp's: what one encrypts the other decrypts, with packets lost, overtaken, repeated and forged, of several sources whose numbers roll over;
/// and each packet that one of them refuses, the other refuses.
/// </summary>
public sealed unsafe class LibSrtpTests
{
    private const int Packets = 3000;

    public static TheoryData<SrtpSuite> Suites => [.. Enum.GetValues<SrtpSuite>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Both_take_and_refuse_the_same(SrtpSuite suite)
    {
        var key = SrtpKey.Draw(suite);
        using var ours = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), TimeSpan.TicksPerSecond);
        using var theirs = new LibSrtp(suite, key.Master.Span, sends: false);
        using var sender = new LibSrtp(suite, key.Master.Span, sends: true);
        var taken = 0;
        foreach (var packet in Delivered(Sent().Select(packet => sender.Seal(packet)!), new Random(3711)))
        {
            var (expected, opened) = (theirs.Open(packet), Open(ours, packet));
            Assert.Equal(expected is null ? "refused" : Convert.ToHexString(expected), opened is null ? "refused" : Convert.ToHexString(opened));
            taken += opened is null ? 0 : 1;
        }

        Assert.InRange(taken, Packets / 2, Packets);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_we_encrypt_it_decrypts_octet_for_octet(SrtpSuite suite)
    {
        var key = SrtpKey.Draw(suite);
        using var ours = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), TimeSpan.TicksPerSecond);
        using var sender = new LibSrtp(suite, key.Master.Span, sends: true);
        using var receiver = new LibSrtp(suite, key.Master.Span, sends: false);
        foreach (var packet in Sent())
        {
            var sealedPacket = Seal(ours, packet);
            Assert.Equal(sender.Seal(packet), sealedPacket);
            Assert.Equal(packet, receiver.Open(sealedPacket));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Rtcp_both_ways(SrtpSuite suite)
    {
        var key = SrtpKey.Draw(suite);
        using var ours = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), TimeSpan.TicksPerSecond);
        using var receives = new SrtpContext(SrtpKey.Of(suite, key.Master.Span), TimeSpan.TicksPerSecond);
        using var sender = new LibSrtp(suite, key.Master.Span, sends: true);
        using var receiver = new LibSrtp(suite, key.Master.Span, sends: false);
        for (var count = 0; count < 50; count++)
        {
            var packet = new byte[28 + (4 * (count % 9))];
            Random.Shared.NextBytes(packet);
            (packet[0], packet[1], packet[4], packet[5], packet[6], packet[7]) = (0x81, 200, 0, 0, 0, (byte)(count % 3));
            var (mine, octets) = (new byte[packet.Length + 64], packet.Length);
            fixed (byte* from = packet, to = mine)
            {
                Assert.Equal(SrtpResult.Done, ours.SealRtcp(from, ref octets, to));
            }

            Assert.Equal(packet, receiver.OpenRtcp(mine[..octets]));
            var its = sender.SealRtcp(packet)!;
            (var scratch, octets) = (new byte[its.Length], its.Length);
            fixed (byte* start = its, room = scratch)
            {
                Assert.Equal(SrtpResult.Done, receives.OpenRtcp(start, ref octets, room));
            }

            Assert.Equal(packet, its[..octets]);
        }
    }

    /// <summary>Three sources in turn, each a few times around.</summary>
    private static IEnumerable<byte[]> Sent()
    {
        var numbers = new[] { 65000, 10, 40000 };
        for (var count = 0; count < Packets; count++)
        {
            var source = count % numbers.Length;
            var packet = new byte[12 + (source == 2 ? 8 : 0) + (count % 173)];
            Random.Shared.NextBytes(packet);
            (packet[0], packet[1]) = (source == 2 ? (byte)0x90 : (byte)0x80, 8);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)numbers[source]);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)source + 1);
            if (source == 2)
            {
                (packet[14], packet[15]) = (0, 1);
            }

            numbers[source] += 1 + (count % 97 == 0 ? 5000 : 0);
            yield return packet;
        }
    }

    /// <summary>What a network makes of it.</summary>
    private static IEnumerable<byte[]> Delivered(IEnumerable<byte[]> sent, Random random)
    {
        List<byte[]> held = [];
        byte[]? last = null;
        foreach (var packet in sent)
        {
            switch (random.Next(20))
            {
                case 0:
                    continue;
                case 1:
                    held.Add(packet);
                    continue;
                case 2 when last is not null:
                    yield return last;
                    break;
                case 3:
                    var forged = (byte[])packet.Clone();
                    forged[random.Next(2, forged.Length)] ^= (byte)random.Next(1, 256);
                    yield return forged;
                    break;
            }

            yield return packet;
            last = packet;
            if (held.Count > 0 && random.Next(3) == 0)
            {
                yield return held[0];
                held.RemoveAt(0);
            }
        }
    }

    private static byte[]? Open(SrtpContext context, byte[] packet)
    {
        var (opened, scratch, octets) = ((byte[])packet.Clone(), new byte[packet.Length], packet.Length);
        fixed (byte* start = opened, room = scratch)
        {
            return context.Open(start, ref octets, room, 0) == SrtpResult.Done ? opened[..octets] : null;
        }
    }

    private static byte[] Seal(SrtpContext context, byte[] packet)
    {
        var (written, octets) = (new byte[packet.Length + 64], packet.Length);
        fixed (byte* from = packet, to = written)
        {
            Assert.Equal(SrtpResult.Done, context.Seal(from, ref octets, to));
        }

        return written[..octets];
    }
}
