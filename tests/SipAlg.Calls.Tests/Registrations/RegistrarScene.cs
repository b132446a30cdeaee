using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>A lane with nothing but a registrar, and phones that register; the clock is the test's.</summary>
internal sealed class RegistrarScene : ISipLaneUser
{
    public const string Aor = "alice@example.com";
    private const byte ExpiryTimer = (byte)LaneTimer.User;
    private readonly LaneHarness _harness;
    private TransactionLayer _transactions = null!;
    private int _branch;

    public RegistrarScene(FakeJournal? journal = null, ILiveWatch? watch = null)
    {
        _harness = new LaneHarness(_ => this);
        Registrar = new Registrar(_harness.Context, _transactions, ExpiryTimer, realms: 2, journal, new SceneTime(_harness), new GruuMint(new ContactKey(new byte[ContactKey.Length]), _harness.Context.Secrets), watch);
        if (journal is not null)
        {
            journal.Registrar = Registrar;
        }
    }

    public Registrar Registrar { get; }
    public LaneHarness Harness => _harness;
    public RegistrarSettings Settings { get; set; } = RegistrarSettings.Default;
    public int MaxContacts { get; set; } = 5;
    public bool IsNatAware { get; set; } = true;

    /// <summary>The contacts that stand, sorted, with what is left of their time in seconds.</summary>
    public string[] Standing(string aor = Aor)
    {
        var contacts = new List<string>();
        var octets = Encoding.UTF8.GetBytes(aor);
        for (var slot = Registrar.Bindings.First(octets); slot >= 0; slot = Registrar.Bindings.Next(slot, octets))
        {
            var record = Registrar.RecordOf(slot);
            contacts.Add($"{record.Contact} {(Registrar.Bindings[slot].Expires - _harness.Time.Now) / 1000}");
        }

        return [.. contacts.Order(StringComparer.Ordinal)];
    }

    /// <summary>A REGISTER, and its answer; null: there is none yet.</summary>
    public SentMessage? Register(string headers, uint cseq = 1, string callId = "r1", string aor = Aor, string remote = "203.0.113.5:5060", ulong connection = 0, string via = "203.0.113.5")
    {
        var flow = _harness.Flow(connection == 0 ? 0 : 1, remote, connection);
        _harness.Receive(flow, $"""
            REGISTER sip:example.com SIP/2.0
            Via: SIP/2.0/{(connection == 0 ? "UDP" : "TCP")} {via};branch=z9hG4bK{++_branch};rport
            Max-Forwards: 70
            From: <sip:{aor}>;tag=1
            To: <sip:{aor}>
            Call-ID: {callId}
            CSeq: {cseq} REGISTER
            {headers.TrimEnd().ReplaceLineEndings("\n")}
            Content-Length: 0


            """.Replace("\n\nContent", "\nContent", StringComparison.Ordinal));
        return _harness.Network.Take().SingleOrDefault();
    }

    public SentMessage Ok(string headers, uint cseq = 1, string callId = "r1", string remote = "203.0.113.5:5060", ulong connection = 0, string via = "203.0.113.5")
    {
        var answer = Register(headers, cseq, callId, remote: remote, connection: connection, via: via);
        Assert.Equal("SIP/2.0 200 OK", answer?.StartLine);
        return answer!;
    }

    public void Advance(TimeSpan time) => _harness.Advance((long)time.TotalMilliseconds);

    void ISipLaneUser.Attach(TransactionLayer transactions) => _transactions = transactions;

    void ITransactionUser.OnRequest(TransactionId transaction, SipMessage request, in Flow flow)
    {
        Assert.True(NameAddress.TryParse(request.First(HeaderId.To), out var to));
        Registrar.OnRegister(transaction, request, flow, new RegisteringUser(to.Uri["sip:".Length..], MaxContacts, IsNatAware), Settings);
    }

    void ISipLaneUser.OnTimer(byte kind, int slot, uint generation) => Registrar.OnExpired(slot, generation);

    void ISipLaneUser.EndTurn()
    {
    }

    void ISipLaneUser.OnFault(Exception fault) => throw new InvalidOperationException("A turn threw.", fault);

    void ITransactionUser.OnAck(SipMessage ack, in Flow flow) => throw new InvalidOperationException();

    void ITransactionUser.OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel) => throw new InvalidOperationException();

    void ITransactionUser.OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow) => throw new InvalidOperationException();

    void ITransactionUser.OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason) => throw new InvalidOperationException();

    private sealed class SceneTime(LaneHarness harness) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(harness.Time.Now);
    }
}

/// <summary>A journal in memory, which keeps what it was given when the test says so.</summary>
internal sealed class FakeJournal : IBindingJournal
{
    private readonly Dictionary<long, BindingRecord> _given = [];
    private long _writes;

    public Registrar Registrar { get; set; } = null!;

    /// <summary>False: nothing is kept until <see cref="Keep()"/>.</summary>
    public bool IsFast { get; set; }

    public IReadOnlyDictionary<long, BindingRecord> Given => _given;

    public List<string> Writes { get; } = [];

    public void Keep() => Registrar.Kept(_writes);

    public long Keep(BindingRecord binding)
    {
        _given[binding.Id] = binding;
        return Note($"keep {binding.Contact}");
    }

    public long Refresh(long id, uint cseq, DateTimeOffset expires)
    {
        _given[id] = _given[id] with { CSeq = cseq, Expires = expires };
        return Note($"refresh {_given[id].Contact}");
    }

    public long Forget(long id)
    {
        Assert.True(_given.Remove(id, out var binding));
        return Note($"forget {binding.Contact}");
    }

    private long Note(string write)
    {
        Writes.Add(write);
        _writes++;
        if (IsFast)
        {
            Keep();
        }

        return _writes;
    }
}
