using System.Buffers.Binary;
using SipAlg.Media.Tones;

namespace SipAlg.Media.Tests.Tones;

public class ToneTests
{
    private readonly bool _shares;

    public ToneTests()
        : this(shares: false)
    {
    }

    private protected ToneTests(bool shares) => _shares = shares;

    [Theory]
    [InlineData(ToneCodec.Pcma, 8)]
    [InlineData(ToneCodec.Pcmu, 0)]
    public void A_tone_of_440_hertz_arrives_in_step(ToneCodec codec, byte payloadType)
    {
        using var rig = new RelayRig(shares: _shares);
        var phone = rig.Phone("127.0.0.2");
        var port = rig.Take();
        rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.PlayTone(port, codec, payloadType);
        var packets = Enumerable.Range(0, 25).Select(_ => Next(rig, phone)).ToList();
        Assert.All(packets, packet => Assert.Equal(172, packet.Length));
        Assert.Equal(payloadType | 0x80, packets[0][1]);
        Assert.All(packets.Skip(1), packet => Assert.Equal(payloadType, packet[1]));
        Assert.All(packets.Zip(packets.Skip(1)), pair => IsInStep(pair.First, pair.Second));
        IsTone(packets.SelectMany(packet => packet[12..]).Select(octet => Decode(codec, octet)).ToArray());
    }

    [Fact]
    public void Release_ends_a_tone()
    {
        using var rig = new RelayRig(shares: _shares);
        var phone = rig.Phone("127.0.0.2");
        var port = rig.Take();
        rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.PlayTone(port, ToneCodec.Pcma, 8);
        Next(rig, phone);
        rig.Relay.Release(port);
        rig.AwaitAllClosed();
        rig.Clock.AdvanceSeconds(1);
        PassOrders(rig, 5);
        Assert.True(phone.HasNothing);
    }

    [Fact]
    public void A_pair_that_is_taken_again_plays_one_tone()
    {
        using var rig = new RelayRig(first: 24400, last: 24403, shares: _shares);
        var phone = rig.Phone("127.0.0.2");
        var (other, port) = (rig.Take(), rig.Take());
        rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.PlayTone(port, ToneCodec.Pcma, 8);
        phone.Receive();
        rig.Relay.Release(port);
        Eventually.True(() => rig.Pool.InUse == 1, "closed");
        var again = rig.Take();
        Assert.Equal(port.Port, again.Port);
        rig.Relay.Aim(again, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.PlayTone(again, ToneCodec.Pcma, 8);
        rig.Relay.Release(other);
        Next(rig, phone);
        Next(rig, phone);
        phone.Receive();
        PassOrders(rig, 5);
        Assert.True(phone.HasNothing);
    }

    [Fact]
    public void A_joined_port_plays_no_more_and_relays()
    {
        using var rig = new RelayRig(shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var (portA, portB) = rig.Call(a, b);
        rig.Relay.PlayTone(portA, ToneCodec.Pcma, 8);
        a.Receive();
        a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        Eventually.True(() => rig.Rtp(portA).Totals.PacketsIn == 1, "taken");
        rig.Relay.Join(portA, portB);
        rig.Clock.AdvanceSeconds(0.02);
        b.Send(Phone.Rtp(2, 9), RelayRig.Address, portB.Port);
        Assert.Equal(Phone.Rtp(2, 9), a.Receive());
        Assert.Equal(0, rig.Rtp(portA).Totals.DroppedInAll);
        Assert.True(b.HasNothing);
    }

    [Fact]
    public void A_loop_that_was_held_up_sends_no_flood()
    {
        using var rig = new RelayRig(shares: _shares);
        var phone = rig.Phone("127.0.0.2");
        var port = rig.Take();
        rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.PlayTone(port, ToneCodec.Pcma, 8);
        Next(rig, phone);
        rig.Clock.AdvanceSeconds(3600);
        phone.Receive();
        PassOrders(rig, 5);
        Assert.True(phone.HasNothing);
        rig.Clock.AdvanceSeconds(0.02);
        phone.Receive();
    }

    [Fact]
    public void Companding_is_g711()
    {
        for (var sample = (int)short.MinValue; sample <= short.MaxValue; sample++)
        {
            // Relative error of a logarithmic code with 16 steps a segment, and the smallest step.
            var most = Math.Max(16, Math.Abs(sample) / 16);
            Assert.InRange(Decode(ToneCodec.Pcma, G711.ToALaw((short)sample)) - sample, -most, most);
            // µ-law ends at 8031 of 8191 steps.
            Assert.InRange(Decode(ToneCodec.Pcmu, G711.ToMuLaw((short)sample)) - Math.Clamp(sample, -32124, 32124), -most - 4, most + 4);
        }

        Assert.Equal((0xD5, 0x55, 0xAA, 0x2A), (G711.ToALaw(0), G711.ToALaw(-1), G711.ToALaw(short.MaxValue), G711.ToALaw(short.MinValue)));
        Assert.Equal((0xFF, 0x80, 0x00), (G711.ToMuLaw(0), G711.ToMuLaw(short.MaxValue), G711.ToMuLaw(short.MinValue)));
    }

    private static byte[] Next(RelayRig rig, Phone phone)
    {
        var packet = phone.Receive();
        rig.Clock.AdvanceSeconds(0.02);
        return packet;
    }

    /// <summary>Lets the relay thread turn some times: what it has to send, it has sent then.</summary>
    private static void PassOrders(RelayRig rig, int orders)
    {
        for (; orders > 0; orders--)
        {
            Eventually.True(() => rig.Pool.InUse < rig.Pool.Capacity, "one is free");
            var port = rig.Take();
            rig.Relay.Release(port);
            Eventually.True(() => !rig.Relay.TryRead(port, out _), "closed");
        }
    }

    private static void IsInStep(byte[] packet, byte[] next)
    {
        Assert.Equal(1, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(next.AsSpan(2)) - BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2))));
        Assert.Equal(160u, BinaryPrimitives.ReadUInt32BigEndian(next.AsSpan(4)) - BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)));
        Assert.Equal(packet[8..12], next[8..12]);
    }

    /// <summary>Nearly all power stands at 440 Hz: the wave is right and joins without a seam from packet to packet.</summary>
    private static void IsTone(int[] samples)
    {
        double real = 0, imaginary = 0, power = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var angle = 2 * Math.PI * 440 * i / 8000;
            real += samples[i] * Math.Cos(angle);
            imaginary += samples[i] * Math.Sin(angle);
            power += (double)samples[i] * samples[i];
        }

        var share = 2 * ((real * real) + (imaginary * imaginary)) / (samples.Length * power);
        Assert.InRange(share, 0.99, 1.01);
    }

    /// <summary>The decoders of G.711 tables 1 and 2, written from the other side.</summary>
    private static int Decode(ToneCodec codec, byte octet)
    {
        var code = codec == ToneCodec.Pcma ? octet ^ 0x55 : ~octet;
        var (isPositive, segment, step) = ((octet & 0x80) != 0, (code >> 4) & 7, code & 15);
        var magnitude = codec == ToneCodec.Pcma
            ? (segment == 0 ? (2 * step) + 1 : ((2 * step) + 33) << (segment - 1)) << 3
            : ((((2 * step) + 33) << segment) - 33) << 2;
        return isPositive ? magnitude : -magnitude;
    }
}
