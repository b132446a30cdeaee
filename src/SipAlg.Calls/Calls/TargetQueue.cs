using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <summary>The targets of one decision of the dialplan, in the order to try, and how far they have been tried.</summary>
internal sealed class TargetList(RouteDecision decision)
{
    public RouteDecision Decision => decision;
    public Route Route => decision.Route!;

    /// <summary>The place of the next one to ask.</summary>
    public int Next { get; set; }

    /// <summary>How many redirections led here.</summary>
    public int Hops { get; init; }

    /// <summary>Whose redirection led here; null: nobody's.</summary>
    public TargetList? From { get; init; }

    /// <summary>Whether it is the other list, or led to it.</summary>
    public bool LedTo(TargetList? other) => other is not null && (other == this || LedTo(other.From));

    /// <summary>The contact that led here, in the place of the caller's Request-URI; empty for what the caller asked for.</summary>
    public byte[] Uri { get; init; } = [];

    /// <summary>The Max-Breadth that these targets share when they ring together (RFC 5393 §5.3.3); 0 without one.</summary>
    public int Breadth { get; init; }

    /// <summary>It has the contacts of registered users: those of equal rank ring together, whatever the route says, and each is worth a try (RFC 3261 §16.6).</summary>
    public bool IsForked { get; init; }

    /// <summary>A failure since its last step leads to its next one.</summary>
    public bool LeadsOn { get; set; }

    /// <summary>What follows when this one has come to its end.</summary>
    public TargetList? Then { get; set; }

    /// <summary>One is left, and what came of those before leads to it.</summary>
    public bool HasNext => Next < decision.Targets.Length && (Next == 0 || LeadsOn || IsForked);

    private bool RingsTogether(RouteTarget one, RouteTarget other) => IsForked ? one.Priority == other.Priority : Route.RingsTogether(one, other);

    /// <summary>Takes the targets that are asked together from the next one on.</summary>
    public TargetStep Take(int most)
    {
        var first = Next;
        var end = first + 1;
        while (end < decision.Targets.Length && end - first < most && RingsTogether(decision.Targets[first], decision.Targets[end]))
        {
            end++;
        }

        Next = end;
        LeadsOn = false;
        return new TargetStep(this, first, end - first);
    }
}

/// <summary>Targets of a list that are asked at the same time: one, or those that ring together.</summary>
internal readonly record struct TargetStep(TargetList List, int First, int Count)
{
    public RouteTarget this[int index] => List.Decision.Targets[First + index];

    /// <summary>One of them is a user whose contacts are not known yet.</summary>
    public bool HasUser
    {
        get
        {
            var index = 0;
            while (index < Count && this[index] is not { Kind: TargetKind.Registered, Contact: null })
            {
                index++;
            }

            return index < Count;
        }
    }

    /// <summary>The Max-Breadth of each; 0 without one.</summary>
    public int Breadth => List.Breadth == 0 ? 0 : Math.Max(List.Breadth / Count, 1);
}

/// <summary>
/// Whom a call asks next. The targets of its route come one after another or ring together; where one of them redirects, what the
/// dialplan says to each of its contacts comes before the rest.
/// </summary>
internal sealed class TargetQueue
{
    /// <summary>Targets that ring at the same time. What a priority has beyond them is asked as the next one would be.</summary>
    public const int MostAtOnce = 16;

    /// <summary>Redirections one after another, and contacts followed in one call.</summary>
    public const int MostHops = 5;
    private const int MostContacts = 16;

    private TargetList _first;
    private List<string>? _followed;
    private TargetStep? _resting;

    public TargetQueue(TargetList first) => _first = first;

    /// <summary>A contact waits that has not been asked yet.</summary>
    public bool HasContact => _first is { Hops: > 0, Next: 0 };

    /// <summary>Whether anything may follow the first target: another one, or where it redirects to.</summary>
    public bool MayGoOn => _first.Decision.Targets is { Length: > 1 } or [{ Kind: TargetKind.Registered }] || _first.Route.FollowsRedirects;

    /// <summary>Whether <see cref="TryNext"/> would find something.</summary>
    public bool HasNext
    {
        get
        {
            TargetList? list = _first;
            while (list is not null && !list.HasNext)
            {
                list = list.Then;
            }

            return list is not null;
        }
    }

    /// <summary>
    /// The next targets to ask. A list is begun whatever came before, since each contact of a redirection is worth a try
    /// (RFC 3261 §8.1.3.4), and gone on with only where a failure leads on.
    /// </summary>
    /// <param name="most">As many at once; at least 1.</param>
    public bool TryNext(int most, out TargetStep step)
    {
        for (var list = _first; list is not null; list = list.Then)
        {
            _first = list;
            if (list.HasNext)
            {
                step = list.Take(list.Breadth == 0 ? most : Math.Min(most, list.Breadth));
                return true;
            }
        }

        step = default;
        return false;
    }

    /// <summary>A target of this list has failed.</summary>
    /// <param name="status">As it answered; <c>try_next_on</c> says, of this or of what the caller would get for it, whether another one is asked.</param>
    /// <param name="alwaysLeadsOn">It does whatever that says.</param>
    public static void Failed(TargetList list, int status, bool alwaysLeadsOn)
    {
        for (var other = list; other is not null; other = other.Then)
        {
            other.LeadsOn |= alwaysLeadsOn || IsNamed(other.Route, status);
        }
    }

    private static bool IsNamed(Route route, int status) => route.TryNextOn.Contains(status) ||
        ((status >= 400 || route.FollowsRedirects) && route.TryNextOn.Contains(Call.FailureStatus(status)));

    /// <summary>Puts what the dialplan said to the contacts of a redirection before everything else, the first of them first.</summary>
    public void Follow(List<TargetList> contacts)
    {
        for (var index = contacts.Count - 1; index >= 0; index--)
        {
            contacts[index].Then = _first;
            _first = contacts[index];
        }
    }

    /// <summary>RFC 3261 §8.1.3.4: a contact is followed once, and there is an end to them.</summary>
    /// <returns>False if it has been, or if they are too many.</returns>
    public bool TryFollow(in RouteRights rights, in SipUri contact)
    {
        _followed ??= [];
        var key = $"{rights.Realm} {rights.Peer?.Index} {Encoding.UTF8.GetString(contact.User)} {Encoding.ASCII.GetString(contact.Host).ToUpperInvariant()}";
        if (_followed.Count >= MostContacts || _followed.Contains(key))
        {
            return false;
        }

        _followed.Add(key);
        return true;
    }

    /// <summary>A target that rests is passed over; the first of them is asked if there is no other.</summary>
    public void PassOver(in TargetStep step, int index) => _resting ??= step with { First = step.First + index, Count = 1 };

    public bool TryResting(out TargetStep step)
    {
        step = _resting.GetValueOrDefault();
        _resting = null;
        return step.Count > 0;
    }
}
