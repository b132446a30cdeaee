using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SipAlg.State;

/// <summary>The system's SQLite (Debian: libsqlite3-0), so that no native code comes with the program.</summary>
internal static class Sqlite
{
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.so", "e_sqlite3"];
    private static readonly Lazy<bool> Provider = new(static () =>
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Load);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());

        // A connection is of one thread at a time, and nobody asks how much memory it takes: the locks for both cost a tenth of a write.
        // Where SQLite runs already it stays as it is.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    });

    /// <summary>Opens a file for this process alone, and makes it if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be had, or is no database.</exception>
    /// <exception cref="DllNotFoundException">SQLite is not installed.</exception>
    public static SqliteConnection Open(string path)
    {
        _ = Provider.Value;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();

            // Numbers and addresses of people; the files beside it get its mode.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            // Written ahead, a killed process loses nothing that was committed; a power cut may cost the last seconds.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static IntPtr Load(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException("SQLite is not installed; on Debian: apt-get install libsqlite3-0.");
    }
}
