using System.Globalization;
using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Bans;

/// <summary>
/// Sources that misbehave. This room weighs what strangers send (<see cref="LaneBans"/>, in a lane), keeps who is banned
/// (<see cref="BanList"/>, for all), and knows the marks of scanners. What a source has surely sent itself, since it came by a connection or
/// answered a challenge, is weighed apart from what anybody may have sent in its name. Of who has proven to be a user all is forgotten.
/// </summary>
internal sealed class LaneBans(CallLane lane, BanList list)
{
    /// <summary>Points that are enough for a ban.</summary>
    public const float Enough = 100;

    /// <summary>Another name, or another number, that is asked for without proving to be anybody: a dozen of them are no phone.</summary>
    public const float NameCost = 8;

    /// <summary>The same name again: phones do that for ever, some seconds apart.</summary>
    public const float AgainCost = 0.25f;
    public const float PremiumCost = 30;

    /// <summary>A score of them are no typing error.</summary>
    public const float WrongCost = 5;

    /// <summary>An answer that is not even looked at, since there were too many wrong ones: it may be right by now.</summary>
    public const float HeldCost = 2;
    public const float MalformedCost = 5;

    /// <summary>Wrong answers of one attempt that are met with another challenge.</summary>
    public const int MostAnswers = 2;

    /// <summary>Seconds between two of them; who takes longer tries anew.</summary>
    public const uint LoopGap = 2;

    /// <summary>Phones behind one address that all begin at once are given this time to answer their challenges, in seconds,</summary>
    public const uint Patience = 3;

    /// <summary>unless they ask for more names than any office has.</summary>
    public const int MostNames = 150;

    /// <summary>Sources that are looked at in a second, of each kind: a flood of forged ones hides none that is proven.</summary>
    private const int MostLooks = 50;

    /// <summary>Seconds between two looks at a source that was not banned.</summary>
    private const uint Rest = 10;

    private readonly SourceScores _scores = new(new KeyedHash(lane.Lane.Secrets.Next(), lane.Lane.Secrets.Next()));
    private readonly LookBudget _proven = new(MostLooks);
    private readonly LookBudget _unproven = new(MostLooks);

    public BanList List => list;

    private uint Now => (uint)(lane.Lane.Now / 1000);

    /// <summary>Somebody asks for something who is no peer, and has not proven to be anybody (yet).</summary>
    public void OnStranger(SipMessage request, in Flow flow)
    {
        if (!list.Rules.IsOn)
        {
            return;
        }

        if (TryScanner(request, flow))
        {
            return;
        }

        Span<byte> room = stackalloc byte[SipLimits.Identifier];
        var name = NameIn(request, room);
        ref var score = ref _scores.Of(flow.Remote.Address, Now);
        var isPremium = request.Method == SipMethod.Invite && IsPremium(name);
        var bit = _scores.BitOf(name);
        var cost = isPremium ? PremiumCost : (score.Names & bit) != 0 ? AgainCost : NameCost;
        score.Names |= bit;
        Charge(ref score, cost, flow.IsReliable);
        if (IsDue(score, flow.IsReliable) && (isPremium || Now - score.Since >= Patience || score.NameCount > MostNames))
        {
            var count = score.NameCount;
            Propose(ref score, flow, isPremium ? BanReason.PremiumNumbers : BanReason.Probing, isPremium
                ? "it called numbers that cost without proving to be anybody"
                : count < 3 ? "it kept asking without ever answering a challenge" : string.Create(CultureInfo.InvariantCulture, $"it asked for about {count} users or numbers without proving to be any"));
        }
    }

    /// <summary>Whether a request of an untrusted peer, who is asked for nothing, bears the mark of a scanner.</summary>
    public void OnUntrusted(SipMessage request, in Flow flow)
    {
        if (list.Rules.IsOn)
        {
            _ = TryScanner(request, flow);
        }
    }

    /// <summary>As the other, of a request of ours to answer.</summary>
    /// <returns>It is a phone that answers one challenge after the other with what has been refused (against RFC 3261 §22.2): another one would not help it.</returns>
    public bool OnUnproven(SipMessage request, in Flow flow, AuthenticationOutcome outcome)
    {
        OnUnproven(flow, outcome, _scores.AttemptOf(request[request.CallId]));
        return outcome is AuthenticationOutcome.Wrong or AuthenticationOutcome.Held && _scores.Of(flow.Remote.Address, Now).Repeats >= MostAnswers;
    }

    /// <summary>
    /// Credentials were wrong. The nonce went to this source and came back from it, whatever it came by. There are phones that answer a
    /// dozen challenges one after the other with the same password that is wrong: within one attempt (a Call-ID) that counts for little.
    /// </summary>
    /// <param name="attempt">Never 0.</param>
    public void OnUnproven(in Flow flow, AuthenticationOutcome outcome, ulong attempt)
    {
        if (outcome is not (AuthenticationOutcome.Wrong or AuthenticationOutcome.Held))
        {
            return;
        }

        ref var score = ref _scores.Of(flow.Remote.Address, Now);
        score.Wrong++;
        Charge(ref score, score.Attempt == attempt ? AgainCost : outcome == AuthenticationOutcome.Held ? HeldCost : WrongCost, isProven: true);
        score.Repeats = score.Attempt == attempt && Now - score.AttemptAt <= LoopGap ? score.Repeats + 1 : 0;
        (score.Attempt, score.AttemptAt) = (attempt, Now);
        if (list.Rules.IsOn && IsDue(score, isProven: true))
        {
            Propose(ref score, flow, BanReason.WrongPasswords, string.Create(CultureInfo.InvariantCulture, $"it sent {score.Wrong} wrong passwords"), isProven: true);
        }
    }

    /// <summary>What came could not be read.</summary>
    public void OnMalformed(in Flow flow)
    {
        if (!list.Rules.IsOn)
        {
            return;
        }

        ref var score = ref _scores.Of(flow.Remote.Address, Now);
        Charge(ref score, MalformedCost, flow.IsReliable);
        if (IsDue(score, flow.IsReliable))
        {
            Propose(ref score, flow, BanReason.Malformed, "what it sent could not be read, again and again");
        }
    }

    /// <summary>Somebody at the source has proven to be a user.</summary>
    public void OnProven(in Flow flow)
    {
        _scores.Forget(flow.Remote.Address);
        list.Proven(flow.Remote.Address);
    }

    /// <summary>Whether the lane knows of somebody at the source whom a ban would hit too.</summary>
    public BanExemption? Holds(IpAddress source) =>
        lane.Registrar?.Bindings.AreFrom(source) == true || lane.Relay?.Bindings.Table.AreFrom(source) == true ? BanExemption.Registrations
        : lane.HasCallAt(source) ? BanExemption.Calls : null;

    private bool TryScanner(SipMessage request, in Flow flow)
    {
        if (list.Rules.Scanners.Find(request) is not { } mark)
        {
            return false;
        }

        ref var score = ref _scores.Of(flow.Remote.Address, Now);
        Charge(ref score, Enough, flow.IsReliable);
        if (IsDue(score, flow.IsReliable))
        {
            Propose(ref score, flow, BanReason.Scanner, $"'{mark.Contains}' in {mark.Header} is the mark of {mark.Who}");
        }

        return true;
    }

    /// <summary>It has enough against it, and was not looked at a moment ago.</summary>
    private bool IsDue(in SourceScore score, bool isProven) => isProven
        ? score.Proven >= Enough && score.ProvenRestsUntil <= Now
        : score.Level >= Enough && score.RestsUntil <= Now;

    private static void Charge(ref SourceScore score, float points, bool isProven)
    {
        // What is held against a source is no more than a few bans' worth: it is forgiven some minutes after the end.
        if (isProven)
        {
            score.Proven = Math.Min(score.Proven + points, 2 * Enough);
        }
        else
        {
            score.Unproven = Math.Min(score.Unproven + points, 2 * Enough);
        }
    }

    private void Propose(ref SourceScore score, in Flow flow, BanReason reason, string detail, bool isProven = false)
    {
        isProven |= flow.IsReliable;
        var source = flow.Remote.Address;
        if (!(isProven ? _proven : _unproven).TryTake(Now))
        {
            return;
        }

        (isProven ? ref score.ProvenRestsUntil : ref score.RestsUntil) = Now + Rest;
        var exemption = list.Rules.IsAllowed(source) ? BanExemption.Allowed : lane.Room.PeerTable.IsPeerAt(source) ? BanExemption.Peer : (BanExemption?)null;
        if (exemption is { } spared)
        {
            list.Spare(source, reason, spared);
            return;
        }

        new BanProposal(list, source, reason, detail, isProven, lane.Room.Model.Realms[lane.Lane.Group(flow.Listener)].Name).AskOn(lane, lane.Lane.Number);
    }

    private bool IsPremium(ReadOnlySpan<byte> number)
    {
        Span<byte> text = stackalloc byte[64];
        foreach (var prefix in list.Rules.Premium)
        {
            if (prefix.Length <= text.Length && number.StartsWith(text[..Encoding.UTF8.GetBytes(prefix, text)]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whom a request is about: who is to be registered, or who is asked for.</summary>
    private static ReadOnlySpan<byte> NameIn(SipMessage request, Span<byte> room)
    {
        var text = request.Method == SipMethod.Register && NameAddress.TryParse(request.First(HeaderId.To), out var to) ? to.Uri : request[request.RequestUri];
        return SipUri.TryParse(text, out var uri) ? room[..uri.CopyUser(room)] : default;
    }
}
