namespace SipAlg.Configuration;

/// <summary>Where call records go; each may be null.</summary>
/// <param name="File">One JSON line a call.</param>
/// <param name="Csv">The same as a table.</param>
/// <param name="Webhook">An HTTP server.</param>
internal sealed record CdrSettings(CdrFileSettings? File, CdrFileSettings? Csv, WebhookSettings? Webhook)
{
    public static CdrSettings None { get; } = new(null, null, null);
}

/// <param name="Path">Absolute.</param>
/// <param name="Rotation">Null: the file is left to others.</param>
/// <param name="IsSynced">Each group of records is forced to the disk.</param>
internal sealed record CdrFileSettings(string Path, CdrRotation? Rotation = null, bool IsSynced = false);

/// <param name="Size">Octets; null: whatever it is.</param>
/// <param name="Day">Whose days have files of their own.</param>
/// <param name="Compresses">Old files, with gzip.</param>
/// <param name="Keep">Old files at most.</param>
/// <param name="KeepFor">Old files for so long; null: however old.</param>
internal sealed record CdrRotation(long? Size, RotationDay Day, bool Compresses, int Keep, TimeSpan? KeepFor);

internal enum RotationDay : byte
{
    Off,
    Utc,
    Local,
}

/// <param name="Url">http or https.</param>
/// <param name="Token">Sent as a bearer token; null: none.</param>
/// <param name="Batch">Records in one request, at most.</param>
/// <param name="Timeout">For the answer.</param>
/// <param name="Spool">The folder of what waits.</param>
/// <param name="SpoolSize">Octets of it, at most.</param>
/// <param name="IsSynced">Each group of records is forced to the disk.</param>
internal sealed record WebhookSettings(Uri Url, string? Token, int Batch, TimeSpan Timeout, string Spool, long SpoolSize, bool IsSynced = false)
{
    public override string ToString() => Url.ToString();
}
