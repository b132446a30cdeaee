using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Testing.Network;

namespace SipAlg.Tests.Hosting;

/// <summary>A caller and the peer "far" in a network of their own, who send each other audio.</summary>
/// <param name="room">Their network.</param>
/// <param name="isSecure">The peer takes the keys that it is offered, and is sent SRTP; it listens only.</param>
internal sealed partial class AudioCall(NetworkRoom room, bool isSecure = false) : IDisposable
{
    private const int TagOctets = 10;

    /// <summary>RFC 4568 §9.2: 30 octets of key and salt.</summary>
    private const string Keys = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Socket _caller = NewSocket(room);
    private readonly Socket _far = NewSocket(room);
    private readonly Socket _callerMedia = NewSocket(room);
    private readonly Socket _farMedia = NewSocket(room);
    private ushort _sequence;
    private IPEndPoint _toFar = new(IPAddress.None, 0);
    private IPEndPoint _toCaller = new(IPAddress.None, 0);

    /// <summary>Where the peer listens.</summary>
    public int FarPort => PortOf(_far);

    /// <summary>Calls the peer, which answers.</summary>
    public async Task BeginAsync(int gateway)
    {
        var id = Guid.NewGuid().ToString("N");
        var at = new IPEndPoint(IPAddress.Loopback, gateway);
        var offer = Description(_callerMedia);
        await SendAsync(_caller, at, $"INVITE sip:700@127.0.0.1 SIP/2.0\r\n{Caller("INVITE", id)}To: <sip:700@127.0.0.1>\r\nContent-Type: application/sdp\r\nContent-Length: {offer.Length}\r\n\r\n{offer}");

        var invite = await ReceiveAsync(_far, "INVITE ", at);
        var fields = new[] { "Via", "From", "Call-ID", "CSeq" }.Select(name => $"{name}: {SipPhone.Field(invite, name)}\r\n");
        var answer = Description(_farMedia) + (isSecure ? Keys : "");
        await SendAsync(_far, at, $"SIP/2.0 200 OK\r\n{string.Concat(fields)}To: {SipPhone.Field(invite, "To")};tag=far\r\nContact: <sip:127.0.0.1:{FarPort}>\r\nContent-Type: application/sdp\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");

        var ok = await ReceiveAsync(_caller, "SIP/2.0 200 ", at);
        await SendAsync(_caller, at, $"ACK {SipPhone.Field(ok, "Contact").Trim('<', '>')} SIP/2.0\r\n{Caller("ACK", id)}To: {SipPhone.Field(ok, "To")}\r\nContent-Length: 0\r\n\r\n");
        (_toFar, _toCaller) = (MediaOf(ok), MediaOf(invite));
    }

    /// <summary>One packet each, which the other receives.</summary>
    public void Talk()
    {
        _sequence++;
        Crosses(_callerMedia, _toFar, _farMedia, isSecure ? TagOctets : 0);
        if (!isSecure)
        {
            Crosses(_farMedia, _toCaller, _callerMedia);
        }
    }

    /// <summary>Whether the peer still hears the caller, whose packets come to where no port is open any more: each one that crosses does so before the send returns.</summary>
    public bool IsHeardOn
    {
        get
        {
            _sequence++;
            _callerMedia.SendTo(Packet(), _toFar);
            return _farMedia.Available > 0;
        }
    }

    public void Dispose()
    {
        _caller.Dispose();
        _far.Dispose();
        _callerMedia.Dispose();
        _farMedia.Dispose();
    }

    private static Socket NewSocket(NetworkRoom room) => room.Do(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Deadline.TotalMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    });

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static string Description(Socket media) => $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {PortOf(media)} RTP/AVP 8\r\n";

    private static IPEndPoint MediaOf(string message) => new(IPAddress.Loopback, int.Parse(Audio().Match(message).Groups[1].Value, CultureInfo.InvariantCulture));

    private string Caller(string method, string id) =>
        $"Via: SIP/2.0/UDP 127.0.0.1:{PortOf(_caller)};rport;branch=z9hG4bK{method}{id}\r\nMax-Forwards: 70\r\nFrom: <sip:100@127.0.0.1>;tag=1\r\n" +
        $"Call-ID: {id}\r\nCSeq: 1 {method}\r\nContact: <sip:100@127.0.0.1:{PortOf(_caller)}>\r\n";

    private static Task<int> SendAsync(Socket socket, IPEndPoint to, string message) => socket.SendToAsync(Encoding.ASCII.GetBytes(message), to);

    /// <summary>From this gateway: another may have repeated its messages before it ended.</summary>
    private static async Task<string> ReceiveAsync(Socket socket, string beginning, IPEndPoint gateway)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var buffer = new byte[65_536];
        while (true)
        {
            var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), deadline.Token);
            var message = Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
            if (message.StartsWith(beginning, StringComparison.Ordinal) && received.RemoteEndPoint.Equals(gateway))
            {
                return message;
            }
        }
    }

    private void Crosses(Socket from, IPEndPoint to, Socket other, int longer = 0)
    {
        var received = new byte[200];
        from.SendTo(Packet(), to);
        Assert.Equal(Packet().Length + longer, other.Receive(received));
    }

    /// <summary>RTP of PCMA (RFC 3550 §5.1).</summary>
    private byte[] Packet()
    {
        var packet = new byte[172];
        (packet[0], packet[1]) = (0x80, 8);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequence * 160u);
        return packet;
    }

    [GeneratedRegex("m=audio ([0-9]+) ")]
    private static partial Regex Audio();
}
