using System.Collections.Immutable;

namespace SipAlg.Calls.Model;

/// <summary>Somebody whose phones may register here. What proves it stands in <see cref="DigestSecrets"/>, never here.</summary>
public sealed record User
{
    /// <summary>Bindings where no <c>max_contacts</c> is written.</summary>
    public const int UsualContacts = 10;

    /// <summary>Place in <see cref="UserTable.Users"/>.</summary>
    public required int Index { get; init; }

    /// <summary>The user part of the address-of-record, and the name that authenticates.</summary>
    public required string Name { get; init; }

    /// <summary>Telephone numbers; one that ends in <c>*</c> stands for all that begin so.</summary>
    public ImmutableArray<string> Numbers { get; init; } = [];

    /// <summary>Other names to be called by.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Bindings at once.</summary>
    public int MaxContacts { get; init; } = UsualContacts;

    /// <summary>What it says of the caller's identity is believed; of others it is replaced by the user's own.</summary>
    public bool IsTrusted { get; init; }
}
