using SipAlg.Media.Kernel;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>What the program does with one packet, octet by octet.</summary>
public sealed unsafe class FlowProgramTests : IDisposable
{
    private readonly ProgramRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private sealed record Ends(IpEndpoint A, IpEndpoint Entry, IpEndpoint Exit, IpEndpoint B);

    private static readonly Ends V4 = new(Parse("192.0.2.1:4000"), Parse("10.0.0.1:20000"), Parse("10.0.0.2:20002"), Parse("198.51.100.7:6000"));
    private static readonly Ends V6 = new(Parse("[2001:db8::1]:4000"), Parse("[2001:db8:1::1]:20000"), Parse("[2001:db8:2::1]:20002"), Parse("[2001:db8:3::7]:6000"));

    public static TheoryData<bool> Versions => [true, false];

    private static IpEndpoint Parse(string text) => IpEndpoint.Parse(text);

    private static Ends Of(bool isV4) => isV4 ? V4 : V6;

    /// <summary>A flow on loopback whose first packet was number 1.</summary>
    private Frame Known(bool isV4, byte dscp = 0, uint most = 1500)
    {
        var ends = Of(isV4);
        _rig.Begin(Phone.Rtp(1));
        _rig.Add(ends.A, ends.Entry, ends.Exit, ends.B, dscp: dscp, most: most);
        return new Frame(ends.A, ends.Entry, Phone.Rtp(2));
    }

    private void Relays(Frame frame)
    {
        var ends = Of(frame.From.Address.IsV4);
        var before = _rig.Entry->PacketsIn;
        var (_, octets) = _rig.Run(frame.ToOctets());
        var expected = frame with { From = ends.Exit, To = ends.B, HopLimit = (byte)(frame.HopLimit - 1), FlowLabel = 0 };
        Assert.Equal(expected.ToOctets(), octets);
        Assert.Equal(before + 1, _rig.Entry->PacketsIn);
    }

    private void PassesUp(byte[] frame, int segmentSize = 0)
    {
        var (packets, stream) = (_rig.Entry->PacketsIn, _rig.Entry->Stream);
        var (result, octets) = _rig.Run(frame, segmentSize: segmentSize);
        Assert.Equal(ProgramRig.Passed, result);
        Assert.Equal(frame, octets);
        Assert.Equal(packets, _rig.Entry->PacketsIn);
        Assert.Equal(stream, _rig.Entry->Stream);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_packet_gets_the_addresses_of_the_next_way_and_sound_checksums(bool isV4)
    {
        var frame = Known(isV4);
        for (var number = 2; number < 500; number++)
        {
            // Other numbers and lengths, other sums: carries in all places.
            Relays(frame with { Payload = Phone.Rtp(number, payload: number % 170), Identification = (ushort)(number * 7919), HopLimit = (byte)(2 + (number % 254)) });
        }

        Assert.Equal(498, _rig.Exit->PacketsOut);
        Assert.Equal(_rig.Entry->OctetsIn, _rig.Exit->OctetsOut);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_traffic_class_is_the_realms_and_nothing_of_the_senders(bool isV4)
    {
        var frame = Known(isV4, dscp: 46) with { TrafficClass = 0xFF, FlowLabel = 0x12345 };
        var (_, octets) = _rig.Run(frame.ToOctets());
        var ends = Of(isV4);
        Assert.Equal((frame with { From = ends.Exit, To = ends.B, TrafficClass = 46 << 2, FlowLabel = 0, HopLimit = 63 }).ToOctets(), octets);
    }

    [Fact]
    public void Without_a_checksum_an_IPv4_packet_stays_so()
    {
        var (_, octets) = _rig.Run((Known(true) with { HasChecksum = false }).ToOctets());
        Assert.Equal(0, octets[40] | octets[41]);
        Assert.True(Frame.IsSound(octets));
        Assert.Equal(1, _rig.Entry->PacketsIn);
    }

    [Fact]
    public void A_checksum_that_comes_out_as_none_is_written_as_its_other_zero()
    {
        var frame = Known(true);
        var found = 0;
        for (var number = 2; found == 0 && number < 0x1_0000; number++)
        {
            // All sums come by as the number goes round: one is 0xFFFF afterwards.
            var expected = frame with { From = V4.Exit, To = V4.B, HopLimit = 63, Payload = Phone.Rtp(number) };
            var octets = expected.ToOctets();
            if (octets[40] == 0xFF && octets[41] == 0xFF)
            {
                _rig.Entry->Stream.Highest = 0x1_0000u + (uint)number - 1;
                Assert.Equal(octets, _rig.Run((frame with { Payload = Phone.Rtp(number) }).ToOctets()).Octets);
                found++;
            }
        }

        Assert.Equal(1, found);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_wrong_checksum_stays_wrong(bool isV4)
    {
        var octets = Known(isV4).ToOctets();
        octets[^1] ^= 1;
        var (_, relayed) = _rig.Run(octets);
        Assert.Equal(1, _rig.Entry->PacketsIn);
        Assert.False(Frame.IsSound(relayed));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Padding_of_a_short_frame_goes_along_uncounted(bool isV4)
    {
        Relays(Known(isV4) with { Padding = 18, Payload = Phone.Rtp(2, payload: 1) });
        Assert.Equal(13, _rig.Entry->OctetsIn);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void From_elsewhere_it_goes_to_an_interface(bool isV4)
    {
        var ends = Of(isV4);
        using var room = new SipAlg.Testing.Network.NetworkRoom();
        SipAlg.Testing.Network.NetworkRoom.Join(room, "one", room, "two");
        room.Execute("ip link set one address 02:00:00:00:00:01");
        var one = room.Do(Linux.Netlink.NetworkInterface.List).First(link => link.Name == "one").Index;
        _rig.Begin(Phone.Rtp(1));
        _rig.Add(ends.A, ends.Entry, ends.Exit, ends.B, (uint)one);
        var frame = new Frame(ends.A, ends.Entry, Phone.Rtp(2)).ToOctets();
        Assert.Equal((ProgramRig.Passed, 0L), (_rig.Run(frame).Result, _rig.Entry->PacketsIn));

        // Still for another host, whose interface would see it as well.
        Assert.Equal((ProgramRig.Passed, 0L), (room.Do(() => _rig.Run(frame, one)).Result, _rig.Entry->PacketsIn));
        (frame[0], frame[5]) = (2, 1);
        Assert.Equal((ProgramRig.Redirected, 1L), (room.Do(() => _rig.Run(frame, one)).Result, _rig.Entry->PacketsIn));

        // To an end on this host nothing goes that has come from elsewhere.
        _rig.Add(ends.A, ends.Entry, ends.Exit, ends.B);
        Assert.Equal((ProgramRig.Passed, 1L), (room.Do(() => _rig.Run(frame, one)).Result, _rig.Entry->PacketsIn));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Only_the_very_flow_is_relayed(bool isV4)
    {
        var frame = Known(isV4);
        var other = isV4 ? IpAddress.Parse("192.0.2.99") : IpAddress.Parse("2001:db8::99");
        PassesUp((frame with { From = new IpEndpoint(other, frame.From.Port) }).ToOctets());
        PassesUp((frame with { From = frame.From.WithPort(4001) }).ToOctets());
        PassesUp((frame with { To = frame.To.WithPort(20001) }).ToOctets());
        PassesUp((frame with { To = new IpEndpoint(other, frame.To.Port) }).ToOctets());
        Relays(frame);
    }

    [Fact]
    public void An_IPv4_address_written_in_IPv6_is_another()
    {
        var mapped = new byte[16];
        V4.A.Address.WriteOctets(mapped);
        Known(true);
        PassesUp(new Frame(new IpEndpoint(IpAddress.FromOctets(mapped), 4000), V6.Entry.WithPort(20000), Phone.Rtp(2)).ToOctets());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void What_is_not_plain_RTP_passes_up(bool isV4)
    {
        var frame = Known(isV4);
        PassesUp((frame with { Payload = [] }).ToOctets());
        PassesUp((frame with { Payload = Phone.Rtp(2)[..11] }).ToOctets());
        foreach (var first in new byte[] { 0, 1, 20, 63, 64, 127, 192, 255 })
        {
            PassesUp((frame with { Payload = [first, .. Phone.Rtp(2)[1..]] }).ToOctets());
        }

        foreach (var second in new byte[] { 192, 200, 201, 223 })
        {
            PassesUp((frame with { Payload = [0x80, second, .. Phone.Rtp(2)[2..]] }).ToOctets());
        }

        // CSRCs, an extension and padding are the receiver's business; the marker is no payload type.
        Relays(frame with { Payload = [0xBF, 0x88, .. Phone.Rtp(2)[2..]] });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void What_a_socket_would_see_otherwise_passes_up(bool isV4)
    {
        var frame = Known(isV4, most: isV4 ? 200u : 220u);
        PassesUp((frame with { HopLimit = 1 }).ToOctets());
        PassesUp((frame with { HopLimit = 0 }).ToOctets());
        PassesUp((frame with { Payload = Phone.Rtp(2, payload: 161) }).ToOctets());
        PassesUp(frame.ToOctets()[..^1]);
        PassesUp(frame.ToOctets(), segmentSize: 100);
        Altered(4, 1);     // UDP length
        Altered(5, 1);
        Relays(frame);

        void Altered(int at, byte by)
        {
            var octets = frame.ToOctets();
            octets[frame.Udp + at] += by;
            PassesUp(octets);
        }
    }

    /// <summary>The tag of the first VLAN is taken off before the program runs; what is left is a second one.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void A_tag_within_a_tag_passes_up(bool isV4)
    {
        var octets = Known(isV4).ToOctets();
        PassesUp([.. octets[..12], 0x81, 0x00, 0x00, 0x05, .. octets[12..]]);
    }

    [Fact]
    public void IPv4_that_is_not_plain_passes_up()
    {
        var frame = Known(true);
        PassesUp((frame with { Options = 1 }).ToOctets());
        PassesUp((frame with { Fragment = 0x2000 }).ToOctets());
        PassesUp((frame with { Fragment = 0x0001 }).ToOctets());
        PassesUp((frame with { Fragment = 0x1000 }).ToOctets());
        Altered(14 + 9, 6);       // TCP
        Altered(14, 0x65);        // version 6
        Altered(12, 0x86);        // another Ethernet type
        Relays(frame with { Fragment = 0 });

        void Altered(int at, byte to)
        {
            var octets = frame.ToOctets();
            octets[at] = to;
            PassesUp(octets);
        }
    }

    [Fact]
    public void IPv6_that_is_not_plain_passes_up()
    {
        var frame = Known(false);
        PassesUp((frame with { HasChecksum = false }).ToOctets());
        Altered(14 + 6, 0);       // hop-by-hop options
        Altered(14 + 6, 44);      // a fragment
        Altered(14, 0x45);
        Relays(frame);

        void Altered(int at, byte to)
        {
            var octets = frame.ToOctets();
            octets[at] = to;
            PassesUp(octets);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_gate_that_was_raised_closes_the_flow_at_once(bool isV4)
    {
        var frame = Known(isV4);
        Relays(frame);
        _rig.Exit->Gate++;
        PassesUp((frame with { Payload = Phone.Rtp(3) }).ToOctets());
        _rig.Exit->Gate--;
        _rig.Entry->Gate++;
        PassesUp((frame with { Payload = Phone.Rtp(3) }).ToOctets());
        _rig.Entry->Gate--;
        Relays(frame with { Payload = Phone.Rtp(3) });
    }

    [Fact]
    public void The_memory_of_both_sides_has_no_gap()
    {
        Assert.Equal(FlowKey.Octets, sizeof(FlowKey));
        Assert.Equal(168, sizeof(Flow));
        Assert.Equal(128 - 48 - sizeof(FlowKey), FlowOffsets.Flow(nameof(Flow.Next)));
        Assert.Equal(FlowOffsets.Flow(nameof(Flow.NextHop)) + 24, FlowOffsets.Flow(nameof(Flow.Origin)));
        Assert.Equal(48, sizeof(RingPacket));
        Assert.Equal(FlowCell.Octets, sizeof(FlowCell));
        Assert.Equal(128, FlowOffsets.Cell(nameof(FlowCell.Gate)));
    }
}
