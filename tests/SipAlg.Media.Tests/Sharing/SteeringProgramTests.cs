using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Sharing;

/// <summary>The program that leads datagrams to shared sockets, run on one after the other while it is attached nowhere.</summary>
public sealed unsafe class SteeringProgramTests : IDisposable
{
    private const int Udp = 17;
    private const int Tcp = 6;
    private static readonly IpAddress One = IpAddress.Parse("10.0.0.1");
    private static readonly IpAddress Other = IpAddress.Parse("10.0.0.2");
    private static readonly IpAddress Six = IpAddress.Parse("2001:db8::1");

    private readonly PortSteering _steering = PortSteering.Load();
    private readonly Phone _v4 = new("127.0.0.1");
    private readonly Phone _further = new("127.0.0.1");
    private readonly Phone _v6 = new("::1");

    public SteeringProgramTests()
    {
        Assert.Equal((1, 2, 3), (_steering.TryAdd((int)_v4.Handle), _steering.TryAdd((int)_further.Handle), _steering.TryAdd((int)_v6.Handle)));
        _steering.TryPortsOf(One)[20000] = 1;
        _steering.TryPortsOf(One)[20001] = 2;
        _steering.TryPortsOf(One)[65535] = 2;
        _steering.TryPortsOf(Six)[20000] = 3;
    }

    public void Dispose()
    {
        _steering.Dispose();
        _v4.Dispose();
        _further.Dispose();
        _v6.Dispose();
    }

    [Fact]
    public void A_datagram_to_a_port_in_use_is_led_to_its_socket()
    {
        Assert.Equal(CookieOf(_v4), Chosen(One, 20000));
        Assert.Equal(CookieOf(_further), Chosen(One, 20001));
        Assert.Equal(CookieOf(_further), Chosen(One, 65535));
        Assert.Equal(CookieOf(_v6), Chosen(Six, 20000));
    }

    [Fact]
    public void All_else_takes_its_usual_way()
    {
        Assert.Equal(0ul, Chosen(One, 20002));
        Assert.Equal(0ul, Chosen(One, 0));
        Assert.Equal(0ul, Chosen(Other, 20000));
        Assert.Equal(0ul, Chosen(Six, 20001));
        Assert.Equal(0ul, Chosen(One, 20000, Tcp));
    }

    [Fact]
    public void A_port_given_back_is_led_no_more()
    {
        _steering.TryPortsOf(One)[20000] = 0;
        Assert.Equal(0ul, Chosen(One, 20000));
        Assert.Equal(CookieOf(_further), Chosen(One, 20001));
    }

    [Fact]
    public void A_socket_that_was_closed_gets_nothing()
    {
        _v4.Dispose();
        Assert.Equal(0ul, Chosen(One, 20000));
    }

    [Fact]
    public void More_addresses_than_there_is_room_for_are_an_answer()
    {
        var added = Enumerable.Range(0, 100).Count(last => _steering.TryPortsOf(IpAddress.Parse($"10.0.9.{last}")) != null);
        Assert.InRange(added, 8, 99);
        Assert.True(_steering.TryPortsOf(One) != null);
    }

    /// <summary>struct bpf_sk_lookup: from 192.0.2.9 or 2001:db8::9, port 4000.</summary>
    private ulong Chosen(IpAddress local, int port, int protocol = Udp)
    {
        var context = new byte[72];
        MemoryMarshal.Write(context.AsSpan(8), local.IsV4 ? SocketConstants.AfInet : SocketConstants.AfInet6);
        MemoryMarshal.Write(context.AsSpan(12), protocol);
        IpAddress.Parse(local.IsV4 ? "192.0.2.9" : "2001:db8::9").WriteOctets(context.AsSpan(local.IsV4 ? 16 : 20));
        BinaryPrimitives.WriteUInt16BigEndian(context.AsSpan(36), 4000);
        local.WriteOctets(context.AsSpan(local.IsV4 ? 40 : 44));
        MemoryMarshal.Write(context.AsSpan(60), port);
        return _steering.Program.RunLookup(context);
    }

    private static ulong CookieOf(Phone phone)
    {
        const int SocketCookie = 57;
        ulong cookie;
        var length = (uint)sizeof(ulong);
        Assert.Equal(0, LibC.GetSockOpt((int)phone.Handle, SocketConstants.SolSocket, SocketCookie, &cookie, &length));
        return cookie;
    }
}
