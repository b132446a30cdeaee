using System.Collections.Immutable;
using System.Text;

namespace SipAlg.Calls.Calls;

/// <summary>What is told of a call: filled in as it goes on, handed to the journal when it has ended. Times are UTC.</summary>
public sealed partial class CallRecord
{
    /// <summary>RTP and RTCP of both sides.</summary>
    private const int UsualSources = 4;

    /// <summary>What forged packets and a NAT that never rests may fill.</summary>
    private const int MostSources = 32;

    private readonly byte[] _numbers;
    private readonly int _calledStart;
    private CallSource[] _sources = [];
    private int _heard;

    /// <param name="id">The call's id in API, CDR and log.</param>
    /// <param name="caller">The caller's number, UTF-8.</param>
    /// <param name="called">The called number, UTF-8.</param>
    public CallRecord(ulong id, ReadOnlySpan<byte> caller, ReadOnlySpan<byte> called)
    {
        Id = id;
        _numbers = new byte[caller.Length + called.Length];
        _calledStart = caller.Length;
        caller.CopyTo(_numbers);
        called.CopyTo(_numbers.AsSpan(_calledStart));
    }

    public ulong Id { get; }
    public string IdText => TextOf(Id);

    public static string TextOf(ulong id) => id.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    internal ReadOnlyMemory<byte> CallerOctets => _numbers.AsMemory(0, _calledStart);
    public string Caller => Encoding.UTF8.GetString(_numbers, 0, _calledStart);
    public string Called => Encoding.UTF8.GetString(_numbers, _calledStart, _numbers.Length - _calledStart);

    /// <summary>The caller's realm, and the peer or user that it is.</summary>
    public string FromRealm { get; init; } = "";
    public string? FromPeer { get; init; }
    public string? FromUser { get; init; }

    /// <summary>Realm and peer of the target that answered, or whose failure decided; before that of the last one asked.</summary>
    public string? ToRealm { get; set; }
    public string? ToPeer { get; set; }
    public string? ToUser { get; set; }
    public string? Route { get; set; }
    public DateTimeOffset Started { get; init; }
    public DateTimeOffset? Answered { get; set; }
    public DateTimeOffset? Ended { get; set; }

    /// <summary>The final status that the caller got; 0 without one.</summary>
    public int Status { get; set; }
    public CallCause Cause { get; set; }
    public EndedBy EndedBy => CallCauses.By(Cause);
    public CallOutcome Outcome => Answered is null ? CallCauses.Outcome(Cause) : CallOutcome.Answered;

    /// <summary>The transfers in it that the gateway carried out, in their order.</summary>
    public ImmutableArray<CallTransfer> Transfers { get; private set; } = [];

    /// <summary>The call in which it goes on for one of its sides; null if it is over for both.</summary>
    public ulong? ContinuedIn { get; set; }

    /// <summary>What became of the first sources of its media, in their order. What has been read once stays as it is.</summary>
    public ReadOnlyMemory<CallSource> Sources => _sources.AsMemory(0, _heard);

    public void Transferred(CallTransfer transfer) => Transfers = Transfers.Add(transfer);

    /// <summary>Adds what became of a source; of more than so many the later ones are left out.</summary>
    public void Heard(in CallSource source)
    {
        if (_heard == MostSources)
        {
            return;
        }

        if (_heard == _sources.Length)
        {
            Array.Resize(ref _sources, Math.Max(UsualSources, 2 * _heard));
        }

        _sources[_heard++] = source;
    }

    /// <summary>What came of its media; filled in at its end.</summary>
    public IReadOnlyList<CallStream> Streams { get; set; } = [];

    /// <summary>RTP packets that came from each side, whoever was there.</summary>
    public long PacketsFromCaller { get; set; }
    public long PacketsFromCallee { get; set; }
}

/// <summary>Somebody else in the place of one side.</summary>
/// <param name="At">UTC.</param>
/// <param name="By">Who asked for it, and left: the caller or the callee.</param>
/// <param name="To">The number that it led to.</param>
public sealed record CallTransfer(DateTimeOffset At, EndedBy By, string To)
{
    /// <summary>Realm and peer of who came.</summary>
    public string? ToRealm { get; init; }
    public string? ToPeer { get; init; }
}

/// <summary>Where ended calls are told. Called on lanes: must not block or throw.</summary>
public interface ICallJournal
{
    void Ended(CallRecord record);

    /// <summary>An INVITE that became no call. Not of each one, where there are many.</summary>
    void Refused(CallRecord record)
    {
    }

    /// <summary>A REGISTER that bound nothing. Likewise not of each.</summary>
    void NotRegistered(Registrations.RegistrationFailure failure)
    {
    }
}
