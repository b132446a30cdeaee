using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Lanes;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>A lane whose user only writes down, and the messages of a far side.</summary>
internal sealed class Scene
{
    public const int T1 = 500;
    public const string Phone = "203.0.113.5:5060";
    public static readonly TransactionOwner Owner = new(7, 3, 1);

    public Scene(int lane = 0, int lanes = 1) => Harness = new LaneHarness(_ => User, T1, lane: lane, lanes: lanes);

    public RecordingUser User { get; } = new();
    public LaneHarness Harness { get; }
    public TransactionLayer Transactions => Harness.Transactions;
    public RealmCounters Counters => Harness.Context.Counters.Realms[0];

    public Flow Udp => Harness.Flow(0, Phone);
    public Flow Tcp => Harness.Flow(1, Phone, connection: 9);
    public Flow NewTcp => Harness.Flow(1, Phone);

    /// <summary>When the messages were sent, and nothing else.</summary>
    public long[] Times() => [.. Harness.Network.Take().Select(sent => sent.At)];

    public SentMessage Sent() => Assert.Single(Harness.Network.Take());

    public string[] Told()
    {
        string[] told = [.. User.Told];
        User.Told.Clear();
        return told;
    }

    /// <summary>Sends a request of ours and returns its transaction and what went out.</summary>
    public (TransactionId Id, SentMessage Request) Send(SipMethod method, Flow flow, bool canFallBack = false, string route = "", bool outlastsErrors = false)
    {
        var id = Transactions.Reserve(method, Owner);
        var writer = new MessageWriter(new byte[4096]);
        writer.Write(SipMethods.Name(method));
        writer.Write(" sip:bob@203.0.113.5 SIP/2.0\r\n"u8);
        Transactions.WriteVia(ref writer, id, flow.Transport, "192.0.2.1:5060"u8);
        writer.Field("Max-Forwards"u8, "70"u8);
        writer.Write(Encoding.UTF8.GetBytes(route));
        writer.Field("From"u8, "<sip:alice@192.0.2.1>;tag=ours"u8);
        writer.Field("To"u8, "<sip:bob@203.0.113.5>"u8);
        writer.Field("Call-ID"u8, "call-1"u8);
        writer.Field("CSeq"u8, Encoding.UTF8.GetBytes($"17 {Encoding.UTF8.GetString(SipMethods.Name(method))}"));
        writer.Finish("body"u8);
        Transactions.Send(id, flow, writer.Written, canFallBack, outlastsErrors);
        return (id, Sent());
    }

    /// <summary>The far side's answer to a request of ours.</summary>
    public static string Answer(SentMessage request, int status, string? method = null, string to = ";tag=theirs")
    {
        var sent = request.Parse();
        return $"""
            SIP/2.0 {status} Whatever
            Via: {request.Header(HeaderId.Via)}
            From: {request.Header(HeaderId.From)}
            To: {request.Header(HeaderId.To)}{to}
            Call-ID: {request.Header(HeaderId.CallId)}
            CSeq: {sent.CSeq} {method ?? sent.Method.ToString().ToUpperInvariant()}
            Content-Length: 0


            """;
    }

    /// <summary>A request of the far side.</summary>
    public static string Request(string method, string branch = "z9hG4bK-1", string to = "", int sequence = 1, string extra = "", string via = "203.0.113.5:5060") => $"""
        {method} sip:alice@192.0.2.1 SIP/2.0
        Via: SIP/2.0/UDP {via}{(branch.Length == 0 ? "" : ";branch=" + branch)}
        Max-Forwards: 70
        From: <sip:bob@203.0.113.5>;tag=theirs
        To: <sip:alice@192.0.2.1>{to}
        Call-ID: call-2
        CSeq: {sequence} {method}
        {extra}Content-Length: 0


        """;

    /// <summary>An answer of ours, as the user writes it.</summary>
    public bool Respond(int status, string text = "x") =>
        Transactions.Respond(User.Transaction, status, Encoding.UTF8.GetBytes($"SIP/2.0 {status} {text}\r\n\r\n"));

    /// <summary>After the longest timers: nothing may be left.</summary>
    public void AssertNothingIsLeft()
    {
        Assert.Equal((0, 0, 0), (Transactions.Count, Transactions.KeptMessages, Harness.Lane.Timers.Count));
        Assert.True(Harness.IsIdle);
    }
}
