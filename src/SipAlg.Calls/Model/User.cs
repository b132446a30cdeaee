using System.Collections.Immutable;
using SipAlg.Calls.Fraud;

namespace SipAlg.Calls.Model;

/// <summary>Somebody whose phones may register here. What proves it stands in <see cref="DigestSecrets"/>, never here.</summary>
public sealed record User
{
    /// <summary>Bindings where no <c>max_contacts</c> is written.</summary>
    public const int UsualContacts = 10;

    /// <summary>Place in <see cref="UserTable.Users"/>.</summary>
    public required int Index { get; init; }

    /// <summary>He was in the configuration before; nobody is this user any more.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>The user part of the address-of-record, and the name that authenticates.</summary>
    public required string Name { get; init; }

    /// <summary>Telephone numbers; one that ends in <c>*</c> stands for all that begin so.</summary>
    public ImmutableArray<string> Numbers { get; init; } = [];

    /// <summary>Other names to be called by.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Bindings at once.</summary>
    public int MaxContacts { get; init; } = UsualContacts;

    /// <summary>What he may use; null: nothing is limited.</summary>
    public AccountLimits? Fraud { get; init; }

    /// <summary>What it says of the caller's identity is believed; of others it is replaced by the user's own.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>
    /// Whoever registers with this peer, and with nobody here: it alone knows who that is, and nobody else is called for him. Null for
    /// a user of the gateway.
    /// </summary>
    public Peer? Registrar { get; init; }

    /// <summary>Stands for who has proven nothing, where a route takes calls of such: they may reach what is open to everybody, then and later.</summary>
    public static User Stranger { get; } = new() { Index = -2, Name = "" };

    internal bool IsStranger => ReferenceEquals(this, Stranger);

    /// <summary>Null for who is no user of the gateway.</summary>
    internal string? KnownName => Registrar is null && !IsStranger ? Name : null;

    /// <summary>He calls by a number of his own, whatever he says.</summary>
    internal bool IsForced => Registrar is null && !IsTrusted && !IsStranger;

    /// <summary>The first that is no range; null without one.</summary>
    internal string? FirstNumber => Numbers.FirstOrDefault(number => !number.EndsWith('*'));

    /// <summary>Whether this is one of its numbers, or in one of its ranges.</summary>
    internal bool HasNumber(string number) =>
        Numbers.Any(own => own.EndsWith('*') ? number.Length >= own.Length && number.StartsWith(own[..^1], StringComparison.Ordinal) : number == own);

    /// <summary>Whether what is called is none of its names, but in one of its number ranges.</summary>
    internal bool HasInRange(string called) => called != Name && !Numbers.Contains(called) && !Aliases.Contains(called);
}
