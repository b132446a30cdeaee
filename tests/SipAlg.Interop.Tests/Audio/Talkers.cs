using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests.Audio;

/// <summary>
/// Pairs of phones, each of which calls, talks for a while and hangs up, again and again. Every packet of RTP is numbered, and a call ends only after
/// the last has had all the time to arrive: what is missing then was lost.
/// </summary>
internal sealed partial class Talkers : IAsyncDisposable
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly IPEndPoint _gateway;
    private readonly Socket _callee;
    private readonly string _number;
    private readonly ConcurrentDictionary<string, Talk> _talks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private long _calls;
    private long _sent;
    private long _received;

    /// <param name="gateway">Where the callers call.</param>
    /// <param name="caller">The callers' address.</param>
    /// <param name="number">Whom they call.</param>
    /// <param name="callee">Where he is.</param>
    /// <param name="pairs">How many there are.</param>
    /// <param name="packets">Of each direction of a call.</param>
    public Talkers(IPEndPoint gateway, IPAddress caller, string number, IPEndPoint callee, int pairs, int packets)
    {
        (_gateway, _number) = (gateway, number);
        _callee = Bound(callee);
        _work = Task.WhenAll(Enumerable.Range(0, pairs).Select(pair => Task.Run(() => TalkAsync(pair, caller, packets))).Prepend(Task.Run(AnswerAsync)));
    }

    /// <summary>Calls that are over.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Packets sent so far, those of calls that stand too.</summary>
    public long Progress => Sent + _talks.Values.Sum(talk => talk.Sent);

    /// <summary>Packets of calls that are over.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Of those, the ones that came, in their order.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Lets the calls that stand come to their end. A call that fails is thrown here.</summary>
    public async Task EndAsync()
    {
        await _stopping.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _callee.Dispose();
        _stopping.Dispose();
    }

    private async Task TalkAsync(int pair, IPAddress caller, int packets)
    {
        using var signalling = Bound(new IPEndPoint(caller, 0));
        for (var call = 0; !_stopping.IsCancellationRequested; call++)
        {
            var name = $"talker{pair}x{call}";
            using var talk = new Talk(caller, ((IPEndPoint)_callee.LocalEndPoint!).Address);
            _talks[name] = talk;
            await TalkAsync(signalling, name, talk, packets);
            _talks.TryRemove(name, out _);
            Interlocked.Add(ref _sent, 2L * packets);
            Interlocked.Add(ref _received, talk.Received);
            Interlocked.Increment(ref _calls);
        }
    }

    private async Task TalkAsync(Socket signalling, string name, Talk talk, int packets)
    {
        var body = talk.Caller.Description;
        var ok = await AskAsync(signalling, name, "INVITE", 1, $"sip:{_number}@{_gateway}", $"<sip:{_number}@{_gateway}>", $"Content-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var (target, to) = (Field(ok, "Contact").Trim('<', '>'), Field(ok, "To"));
        await signalling.SendToAsync(Encoding.ASCII.GetBytes(Request(signalling, name, "ACK", 1, target, to, "Content-Length: 0\r\n\r\n")), _gateway);
        talk.Caller.SendTo(ok);
        await talk.TalkAsync(packets);
        await AskAsync(signalling, name, "BYE", 2, target, to, "Content-Length: 0\r\n\r\n");
    }

    /// <summary>The final answer, which has to be 200. Repeated as RFC 3261 §17.1 says: loopback loses nothing, but sockets may be full.</summary>
    private async Task<string> AskAsync(Socket signalling, string name, string method, int sequence, string target, string to, string rest)
    {
        var request = Encoding.ASCII.GetBytes(Request(signalling, name, method, sequence, target, to, rest));
        var buffer = new byte[8192];
        await signalling.SendToAsync(request, _gateway);
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var length = await signalling.ReceiveAsync(buffer, SocketFlags.None, deadline.Token);
            var answer = Encoding.ASCII.GetString(buffer, 0, length);
            if (answer.Contains($"\r\nCSeq: {sequence} {method}\r\n", StringComparison.Ordinal) && Field(answer, "Call-ID") == name && !answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal))
            {
                Assert.StartsWith("SIP/2.0 200 ", answer, StringComparison.Ordinal);
                return answer;
            }
        }
    }

    private string Request(Socket signalling, string name, string method, int sequence, string target, string to, string rest) =>
        $"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {signalling.LocalEndPoint};branch=z9hG4bK{name}{method}\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:{name}@{signalling.LocalEndPoint}>;tag=1\r\nTo: {to}\r\nCall-ID: {name}\r\nCSeq: {sequence} {method}\r\nContact: <sip:{name}@{signalling.LocalEndPoint}>\r\n{rest}";

    /// <summary>Who is called answers at once. Repeated requests get the same answer.</summary>
    private async Task AnswerAsync()
    {
        var buffer = new byte[8192];
        while (!_stopping.IsCancellationRequested || !_talks.IsEmpty)
        {
            using var pause = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                var received = await _callee.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), pause.Token);
                var request = Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
                if (AnswerTo(request) is { } answer)
                {
                    await _callee.SendToAsync(Encoding.ASCII.GetBytes(answer), received.RemoteEndPoint);
                }
            }
            catch (OperationCanceledException)
            {
                // Nothing came; perhaps nothing more will.
            }
        }
    }

    private string? AnswerTo(string request)
    {
        var fields = string.Concat(new[] { "Via", "From", "Call-ID", "CSeq" }.Select(name => $"{name}: {Field(request, name)}\r\n"));
        if (request.StartsWith("BYE ", StringComparison.Ordinal))
        {
            return $"SIP/2.0 200 OK\r\n{fields}To: {Field(request, "To")}\r\nContent-Length: 0\r\n\r\n";
        }

        if (!request.StartsWith("INVITE ", StringComparison.Ordinal) || !_talks.TryGetValue(Caller().Match(Field(request, "From")).Groups[1].Value, out var talk))
        {
            return null;
        }

        talk.Callee.SendTo(request);
        var body = talk.Callee.Description;
        return $"SIP/2.0 200 OK\r\n{fields}To: {Field(request, "To")};tag=2\r\nContact: <sip:{_callee.LocalEndPoint}>\r\nContent-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static string Field(string message, string name)
    {
        var start = message.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase) + name.Length + 4;
        return message[start..message.IndexOf("\r\n", start, StringComparison.Ordinal)];
    }

    private static Socket Bound(IPEndPoint local)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        return socket;
    }

    [GeneratedRegex("sip:(talker[0-9]+x[0-9]+)@")]
    private static partial Regex Caller();

    /// <summary>The audio of one call.</summary>
    private sealed class Talk(IPAddress caller, IPAddress callee) : IDisposable
    {
        public Voice Caller { get; } = new(caller);
        public Voice Callee { get; } = new(callee);

        public long Sent { get; private set; }

        public long Received => Caller.Received + Callee.Received;

        public async Task TalkAsync(int packets)
        {
            using var clock = new PeriodicTimer(Packet);
            for (var packet = 0; packet < packets; packet++)
            {
                Caller.Send(packet);
                Callee.Send(packet);
                Sent += 2;
                await clock.WaitForNextTickAsync();
                Caller.Receive();
                Callee.Receive();
            }

            // Those that are still under way.
            var deadline = Environment.TickCount64 + 2000;
            while (Received < 2L * packets && Environment.TickCount64 < deadline)
            {
                await clock.WaitForNextTickAsync();
                Caller.Receive();
                Callee.Receive();
            }
        }

        public void Dispose()
        {
            Caller.Dispose();
            Callee.Dispose();
        }
    }

    /// <summary>One end's socket.</summary>
    private sealed partial class Voice(IPAddress address) : IDisposable
    {
        private readonly Socket _socket = Bound(new IPEndPoint(address, 0));
        private readonly byte[] _packet = [0x80, 8, .. new byte[170]];
        private readonly byte[] _buffer = new byte[2000];
        private EndPoint _to = new IPEndPoint(IPAddress.None, 0);
        private int _expected;

        public long Received { get; private set; }

        public string Description =>
            $"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {((IPEndPoint)_socket.LocalEndPoint!).Port} RTP/AVP 8\r\n";

        public void SendTo(string description) => _to = new IPEndPoint(IPAddress.Parse(Connection().Match(description).Groups[1].Value), int.Parse(Audio().Match(description).Groups[1].Value, null));

        /// <summary>PCMA, 20 ms (RFC 3550 §5.1).</summary>
        public void Send(int number)
        {
            (_packet[2], _packet[3]) = ((byte)(number >> 8), (byte)number);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(_packet.AsSpan(4), number * 160);
            _packet[11] = 1;
            _socket.SendTo(_packet, _to);
        }

        public void Receive()
        {
            while (_socket.Available > 0)
            {
                _ = _socket.Receive(_buffer);
                var number = (_buffer[2] << 8) | _buffer[3];
                Received += number == _expected ? 1 : 0;
                _expected = number + 1;
            }
        }

        public void Dispose() => _socket.Dispose();

        [GeneratedRegex("c=IN IP4 ([0-9.]+)")]
        private static partial Regex Connection();

        [GeneratedRegex("m=audio ([0-9]+) ")]
        private static partial Regex Audio();
    }
}
