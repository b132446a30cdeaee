using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Digest;

namespace SipAlg.Tests.Hosting;

/// <summary>Just enough of a user agent to make a call over UDP and to see how it ends.</summary>
internal sealed class SipPhone : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = new byte[65_536];
    private readonly string _callId = Guid.NewGuid().ToString("N");
    private string _to = "<sip:gateway@127.0.0.1>";
    private string _target = "";
    private int _sequence;

    /// <param name="gateway">The gateway's port; 0 for a phone that only answers.</param>
    public SipPhone(int gateway)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (gateway != 0)
        {
            _socket.Connect(IPAddress.Loopback, gateway);
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();

    /// <summary>Calls, and confirms the answer.</summary>
    /// <param name="number">Whom.</param>
    /// <param name="caller">As who.</param>
    /// <param name="media">Its port of media; 0: the one of its signalling.</param>
    /// <returns>The final response.</returns>
    public async Task<string> CallAsync(string number, string caller = "100", int media = 0)
    {
        _target = $"sip:{number}@127.0.0.1";
        var body = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {(media == 0 ? Port : media)} RTP/AVP 8\r\n";
        await SendAsync("INVITE", ++_sequence, $"Content-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}", caller);
        var answer = await ReceiveAsync(message => message.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && !message.StartsWith("SIP/2.0 1", StringComparison.Ordinal));
        _to = Field(answer, "To");
        if (answer.StartsWith("SIP/2.0 2", StringComparison.Ordinal))
        {
            _target = Field(answer, "Contact").Trim('<', '>');
            await SendAsync("ACK", _sequence, "Content-Length: 0\r\n\r\n", caller);
        }

        return answer;
    }

    /// <summary>Registers, and answers the challenge (RFC 7616, MD5).</summary>
    /// <returns>The answer to that.</returns>
    public async Task<string> RegisterAsync(string user, string password)
    {
        var (target, to) = (_target, _to);
        (_target, _to) = ("sip:127.0.0.1", $"<sip:{user}@127.0.0.1>");
        await SendAsync("REGISTER", ++_sequence, "Content-Length: 0\r\n\r\n", user);
        var challenge = Field(await ReceiveAsync(message => message.StartsWith("SIP/2.0 401", StringComparison.Ordinal)), "WWW-Authenticate");
        await SendAsync("REGISTER", ++_sequence, $"Authorization: {Proof(challenge, user, password, _target)}\r\nContent-Length: 0\r\n\r\n", user);
        (_target, _to) = (target, to);
        return await ReceiveAsync(message => Field(message, "CSeq") == $"{_sequence} REGISTER");
    }

    private static string Proof(string challenge, string user, string password, string uri)
    {
        var (realm, nonce) = (Parameter("realm"), Parameter("nonce"));
        var input = new DigestInput
        {
            Algorithm = DigestAlgorithm.Md5, Method = "REGISTER"u8, Uri = Encoding.ASCII.GetBytes(uri), Nonce = Encoding.ASCII.GetBytes(nonce), Qop = DigestQop.Auth,
            NonceCount = "00000001"u8, Cnonce = "c"u8,
        };
        var response = new byte[DigestAlgorithms.TextLength(DigestAlgorithm.Md5)];
        Assert.True(DigestHash.TryResponse(input, DigestSecrets.Hash(DigestAlgorithm.Md5, user, realm, password), response));
        return $"Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{Encoding.ASCII.GetString(response)}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\"";

        string Parameter(string name) => Regex.Match(challenge, $"{name}=\"([^\"]*)\"").Groups[1].Value;
    }

    public Task SendRawAsync(string message) => _socket.SendAsync(Encoding.ASCII.GetBytes(message));

    public async Task HangUpAsync()
    {
        await SendAsync("BYE", ++_sequence, "Content-Length: 0\r\n\r\n");
        await ReceiveAsync(message => message.StartsWith("SIP/2.0 200", StringComparison.Ordinal) && Field(message, "CSeq").EndsWith("BYE", StringComparison.Ordinal));
    }

    /// <summary>Waits for the gateway's BYE.</summary>
    /// <param name="answers">Whether it is answered.</param>
    /// <returns>It.</returns>
    public async Task<string> ExpectByeAsync(bool answers = true)
    {
        var bye = await ReceiveAsync(message => message.StartsWith("BYE ", StringComparison.Ordinal));
        if (answers)
        {
            var fields = new[] { "Via", "From", "To", "Call-ID", "CSeq" }.Select(name => $"{name}: {Field(bye, name)}\r\n");
            await _socket.SendAsync(Encoding.ASCII.GetBytes($"SIP/2.0 200 OK\r\n{string.Concat(fields)}Content-Length: 0\r\n\r\n"));
        }

        return bye;
    }

    /// <summary>Answers what the gateway sent, whose address is where it was sent to.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="head">Status line and fields of the answer's own.</param>
    public Task<int> AnswerAsync(string request, string head)
    {
        var fields = new[] { "Via", "From", "Call-ID", "CSeq" }.Select(name => $"{name}: {Field(request, name)}\r\n");
        return _socket.SendToAsync(Encoding.ASCII.GetBytes($"{head}{string.Concat(fields)}To: {Field(request, "To")};tag=far\r\nContent-Length: 0\r\n\r\n"), ToSender(request));
    }

    private static IPEndPoint ToSender(string request)
    {
        var sender = Regex.Match(Field(request, "Via"), @"(?<address>127\.[\d.]+):(?<port>\d+)");
        return new IPEndPoint(IPAddress.Parse(sender.Groups["address"].Value), int.Parse(sender.Groups["port"].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    public static string Field(string message, string name)
    {
        var start = message.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase) + name.Length + 4;
        return message[start..message.IndexOf("\r\n", start, StringComparison.Ordinal)];
    }

    public async Task<string> ReceiveAsync(Func<string, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var length = await _socket.ReceiveAsync(_buffer, SocketFlags.None, deadline.Token);
            var message = Encoding.ASCII.GetString(_buffer, 0, length);
            if (wanted(message))
            {
                return message;
            }
        }
    }

    private Task<int> SendAsync(string method, int sequence, string rest, string caller = "100") => _socket.SendAsync(Encoding.ASCII.GetBytes(
        $"{method} {_target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{Port};rport;branch=z9hG4bK{method}{sequence}{_callId}\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:{caller}@127.0.0.1>;tag=1\r\nTo: {_to}\r\nCall-ID: {_callId}\r\nCSeq: {sequence} {method}\r\nContact: <sip:100@127.0.0.1:{Port}>\r\n{rest}"));
}
