using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Testing.Phones;

/// <summary>The media of a phone that has SRTP with keys in SDP (RFC 4568), or plain RTP: a socket, its own keys, and what it was told.</summary>
public sealed unsafe class SrtpEnd : IDisposable
{
    private const int Room = 128;

    private readonly Socket _socket;
    private SrtpKey? _own;
    private SrtpContext? _sender;
    private SrtpContext? _receiver;
    private ushort _number = (ushort)Random.Shared.Next(1000);

    public SrtpEnd(string address)
    {
        var local = IPAddress.Parse(address);
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        _socket.Bind(new IPEndPoint(local, 0));
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public uint Ssrc { get; set; } = (uint)Random.Shared.Next();

    /// <summary>The number of the next packet.</summary>
    public ushort Number { get => _number; set => _number = value; }

    /// <summary>Where the gateway takes the stream.</summary>
    public IPEndPoint? Gateway { get; private set; }

    /// <summary>The gateway's lines, without "a=crypto:".</summary>
    public string[] Lines { get; private set; } = [];

    /// <summary>The m= line's profile.</summary>
    public string Profile { get; private set; } = "";

    /// <summary>Suite of the line that was agreed on.</summary>
    public SrtpSuite Suite => _receiver is null ? throw new InvalidOperationException("Plain.") : _own!.Suite;

    public bool HasNothing => _socket.Available == 0;

    /// <summary>A media description with a key of its own, the same one again until <see cref="NewKey"/>.</summary>
    public string Media(string profile = "RTP/SAVP", int tag = 1, SrtpSuite suite = SrtpSuite.AesCm128HmacSha1Tag80, string more = "", string type = "audio", string parameters = "") =>
        $"m={type} {Port} {profile} 8\r\n{more}{Line(tag, suite, parameters)}";

    /// <summary>The same without.</summary>
    public string Plain(string profile = "RTP/AVP", string more = "") => $"m=audio {Port} {profile} 8\r\n{more}";

    public string Line(int tag, SrtpSuite suite, string parameters = "")
    {
        _own = _own?.Suite == suite ? _own : SrtpKey.Draw(suite);
        return $"a=crypto:{tag} {Encoding.ASCII.GetString(suite.Name())} inline:{Convert.ToBase64String(_own.Master.Span)}{parameters}\r\n";
    }

    public void NewKey() => _own = null;

    /// <summary>The gateway has answered, or was answered by this end with the key of its last media description.</summary>
    /// <param name="address">The gateway's.</param>
    /// <param name="body">What it wrote.</param>
    /// <param name="index">Of the m= line.</param>
    public void Learn(string address, string body, int index = 0)
    {
        var section = body.Split("\r\nm=").Skip(1 + index).First().Split("\r\n");
        var words = section[0].Split(' ');
        (Gateway, Profile) = (new IPEndPoint(IPAddress.Parse(address), int.Parse(words[1])), words[2]);
        Lines = [.. section.Where(line => line.StartsWith("a=crypto:", StringComparison.Ordinal)).Select(line => line[9..])];
        var key = new byte[SrtpSuites.LongestKey];
        foreach (var line in Lines)
        {
            if (_own is not null && SdpCrypto.TryRead(Encoding.ASCII.GetBytes($"crypto:{line}"), out var crypto, key) && crypto.Suite == _own.Suite)
            {
                Take(SrtpKey.Of(crypto.Suite, key));
            }
        }
    }

    /// <summary>From now on it has plain RTP.</summary>
    public void BePlain() => (_sender, _receiver) = (null, null);

    /// <summary>Sends a packet of audio; returns it as it was before it was encrypted.</summary>
    public byte[] Send()
    {
        var packet = new byte[172];
        (packet[0], packet[1], packet[2], packet[3]) = (0x80, 8, (byte)(_number >> 8), (byte)_number);
        BitConverter.TryWriteBytes(packet.AsSpan(8), Ssrc);
        Random.Shared.NextBytes(packet.AsSpan(12));
        _number++;
        Send(packet);
        return packet;
    }

    public void Send(byte[] packet)
    {
        var (written, octets) = (new byte[packet.Length + Room], packet.Length);
        fixed (byte* from = packet, to = written)
        {
            if (_sender is not null && _sender.Seal(from, ref octets, to) != SrtpResult.Done)
            {
                throw new InvalidOperationException("Not sealed.");
            }
        }

        SendRaw(_sender is null ? packet : written[..octets]);
    }

    public void SendRaw(byte[] packet) => _socket.SendTo(packet, Gateway!);

    /// <summary>The next packet, decrypted; fails if it is not authentic.</summary>
    public byte[] Receive()
    {
        var (buffer, scratch) = (new byte[2048], new byte[2048]);
        var octets = _socket.Receive(buffer);
        fixed (byte* packet = buffer, room = scratch)
        {
            if (_receiver is not null && _receiver.Open(packet, ref octets, room, 0) != SrtpResult.Done)
            {
                throw new InvalidOperationException("Not authentic.");
            }
        }

        return buffer[..octets];
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
    }

    private SrtpKey? _senders;
    private SrtpKey? _theirs;

    /// <summary>The same keys again go on where they are.</summary>
    private void Take(SrtpKey theirs)
    {
        if (_sender is null || _senders != _own)
        {
            (_sender, _senders) = (new SrtpContext(_own!, TimeSpan.TicksPerSecond), _own);
        }

        if (_receiver is null || _theirs?.Is(theirs.Suite, theirs.Master.Span, 0, 0) != true)
        {
            (_receiver, _theirs) = (new SrtpContext(theirs, TimeSpan.TicksPerSecond), theirs);
        }
    }
}
