using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;

namespace SipAlg.State;

/// <summary>How bindings come into a file again that was lost while the gateway runs, or could not be had when it began.</summary>
/// <param name="Open">An empty file; true: what stands in its place is of no use and put aside.</param>
/// <param name="Standing">All bindings, as they are now; asks the lane that has them.</param>
internal sealed record BindingRecovery(Func<bool, BindingRows> Open, Func<IEnumerable<BindingRecord>> Standing)
{
    private const int ReadOnly = 8;
    private const int Failing = 10;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>What is in the file cannot be trusted, or it is not the one any more that was opened: to try again with it leads nowhere.</summary>
    public static bool IsLost(Exception fault) => fault is SqliteException { SqliteErrorCode: ReadOnly or Failing or Corrupt or CannotOpen or NotADatabase };

    /// <summary>There is a file in its place that is none of ours, or is damaged.</summary>
    public static bool IsUnreadable(Exception fault) => fault is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };
}
