namespace SipAlg.Admin.Access;

/// <summary>What an endpoint wants of who asks.</summary>
internal enum AccessNeed : byte
{
    /// <summary>Nothing: health, the log-in, and what the console is made of.</summary>
    None,
    Look,
    Change,
}

/// <summary>By what a caller of the admin API is known.</summary>
internal enum CallerKind : byte
{
    /// <summary>By nothing.</summary>
    Stranger,

    /// <summary>There are no tokens, as is allowed on loopback: everybody may do everything.</summary>
    Anybody,
    Token,
    ReadToken,
    MetricsToken,
    Session,
}

/// <param name="MayChange">Without it a caller may only look.</param>
/// <param name="Session">Of <see cref="CallerKind.Session"/>.</param>
/// <param name="HasGuessed">A token was shown, and it is none of ours.</param>
internal sealed record AdminCaller(CallerKind Kind, bool MayChange = false, AdminSession? Session = null, bool HasGuessed = false)
{
    public static AdminCaller Anybody { get; } = new(CallerKind.Anybody, MayChange: true);

    public bool MayLook => Kind is CallerKind.Anybody or CallerKind.Token or CallerKind.ReadToken or CallerKind.Session;

    /// <summary>In the words of the audit.</summary>
    public string Name => Kind switch
    {
        CallerKind.Anybody => "anybody",
        CallerKind.Token => "token",
        CallerKind.ReadToken => "read_token",
        CallerKind.MetricsToken => "metrics_token",
        CallerKind.Session => $"session {Session!.Name}",
        _ => "stranger",
    };
}
